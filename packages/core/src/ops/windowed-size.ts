import { ShapeError } from '../errors.js';
import { formatSize, type Size } from '../tensor/size.js';

/** A window that moves over a map. */
export interface Window {
  /** Height and width of the window, in taps. */
  readonly kernel: Size;
  /** Step of the window, in pixels. */
  readonly stride: number;
  /** Rows and columns added on every side. */
  readonly padding: number;
  /** Distance between taps, in pixels. */
  readonly dilation: number;
}

/**
 * Number of places of a window: `floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1` per axis.
 * @param where - What is being checked; opens the error message.
 * @throws ShapeError if the padded map is smaller than the window.
 */
export function windowedSize(
  size: Size,
  { kernel, stride, padding, dilation }: Window,
  where: string,
): Size {
  const reach = (taps: number): number => dilation * (taps - 1) + 1;
  const places = (length: number, taps: number): number =>
    Math.floor((length + 2 * padding - reach(taps)) / stride) + 1;
  const output = {
    height: places(size.height, kernel.height),
    width: places(size.width, kernel.width),
  };
  if (output.height < 1 || output.width < 1) {
    const least = (taps: number): number => Math.max(1, reach(taps) - 2 * padding);
    const smallest = formatSize({ height: least(kernel.height), width: least(kernel.width) });
    throw new ShapeError(
      `${where}: map must be at least ${smallest} for a kernel of ${formatSize(kernel)} ` +
        `(dilation ${String(dilation)}, padding ${String(padding)}), received ${formatSize(size)}; ` +
        'use a larger image or fewer levels.',
    );
  }
  return output;
}
