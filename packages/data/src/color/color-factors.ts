import type { Raster } from '@segkit/core';

import { clampUnit } from './change-image.js';

/** How much red, green and blue count in the gray of a colour: those of ITU-R BT.601 as torchvision rounds them. */
const [redShare, greenShare, blueShare] = [0.2989, 0.587, 0.114];

/** Multiplies all values, in place. */
export function scaleBrightness({ data }: Raster<Float32Array>, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = clampUnit(factor * (data[i] as number));
}

/** Mean gray of an image; of one that is not in colour, the mean of its values. */
function meanGray({ channels, data }: Raster<Float32Array>): number {
  let red = 0;
  let green = 0;
  let blue = 0;
  if (channels !== 3) {
    for (let i = 0; i < data.length; i++) red += data[i] as number;
    return red / data.length;
  }
  for (let i = 0; i < data.length; i += 3) {
    red += data[i] as number;
    green += data[i + 1] as number;
    blue += data[i + 2] as number;
  }
  return (3 * (redShare * red + greenShare * green + blueShare * blue)) / data.length;
}

/** Moves all values away from the mean gray (or towards it), in place. */
export function scaleContrast(image: Raster<Float32Array>, factor: number): void {
  const { data } = image;
  const rest = (1 - factor) * meanGray(image);
  for (let i = 0; i < data.length; i++) data[i] = clampUnit(factor * (data[i] as number) + rest);
}

/** Moves the values of an RGB image away from each pixel's gray (or towards it), in place. */
export function scaleSaturation({ data }: Raster<Float32Array>, factor: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i] as number;
    const green = data[i + 1] as number;
    const blue = data[i + 2] as number;
    const rest = (1 - factor) * (redShare * red + greenShare * green + blueShare * blue);
    data[i] = clampUnit(factor * red + rest);
    data[i + 1] = clampUnit(factor * green + rest);
    data[i + 2] = clampUnit(factor * blue + rest);
  }
}
