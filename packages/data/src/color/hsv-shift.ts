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
    const turned = sixthsOf(red, green, blue, most, chroma) / 6 + hue;
    const sixths = 6 * (turned - Math.floor(turned));
    const s = clampUnit((most === 0 ? 0 : chroma / most) + saturation);
    const v = clampUnit(most + value);
    const sector = Math.floor(sixths);
    const within = sixths - sector;
    const least = v * (1 - s);
    const falling = v * (1 - s * within);
    const rising = v * (1 - s * (1 - within));
    // A rounded 6 is 0 again: red.
    const even = sector % 2 === 0;
    const pair = (sector >> 1) % 3;
    const first = even ? v : falling;
    const second = even ? rising : v;
    data[i] = pair === 0 ? first : pair === 1 ? least : second;
    data[i + 1] = pair === 0 ? second : pair === 1 ? first : least;
    data[i + 2] = pair === 0 ? least : pair === 1 ? second : first;
  }
}
