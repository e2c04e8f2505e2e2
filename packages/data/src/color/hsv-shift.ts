import { clampUnit } from './change-image.js';

/** What is added to the colours of an image. */
export interface HsvShift {
  /** Share of the colour circle; it is closed, so 1 changes nothing. */
  readonly hue: number;
  /** Added to the saturation in [0, 1], then cut off. */
  readonly saturation: number;
  /** Added to the value in [0, 1], then cut off. */
  readonly value: number;
}

/**
 * Where on the colour circle a colour lies, in sixths from red; 0 for grays.
 * @param most - The largest of the three.
 * @param chroma - The largest less the smallest.
 */
function sixthsOf(red: number, green: number, blue: number, most: number, chroma: number): number {
  if (chroma === 0) return 0;
  if (most === red) return (green - blue) / chroma;
  if (most === green) return 2 + (blue - red) / chroma;
  return 4 + (red - green) / chroma;
}

/**
 * Adds to hue, saturation and value of every pixel, in place.
 * @param data - Red, green and blue in [0, 1], one pixel after another.
 */
export function shiftHsv(data: Float32Array, { hue, saturation, value }: HsvShift): void {
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i] as number;
    const green = data[i + 1] as number;
    const blue = data[i + 2] as number;
    const most = Math.max(red, green, blue);
    const chroma = most - Math.min(red, green, blue);
    const turned = sixthsOf(red, green, blue, most, chroma) + 6 * hue;
    const sixths = turned - 6 * Math.floor(turned / 6);
    const s = clampUnit((most === 0 ? 0 : chroma / most) + saturation);
    const v = clampUnit(most + value);
    // A channel is full for a sixth on either side of its own place on the circle, falls for one, and is at its least
    // for the rest; red lies at 0 and 6.
    const range = v * s;
    const least = v - range;
    data[i] = least + range * clampUnit(Math.abs(sixths - 3) - 1);
    data[i + 1] = least + range * clampUnit(2 - Math.abs(sixths - 2));
    data[i + 2] = least + range * clampUnit(2 - Math.abs(sixths - 4));
  }
}
