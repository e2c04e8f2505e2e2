import type { Raster } from '../tensor/raster.js';
import type { Size } from '../tensor/size.js';

/** One of the eight ways to lay down a picture: rows and columns exchanged or not, then mirrored or not. */
export interface View {
  readonly transposed: boolean;
  /** Upside down. */
  readonly vertical: boolean;
  /** Left becomes right. */
  readonly horizontal: boolean;
}

const mirrors: readonly (readonly [vertical: boolean, horizontal: boolean])[] = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
];

/** The views that are averaged: 1, 2, 4 or 8 of them; with 8 the quarter turns are among them. */
export function viewsOf(count: number): readonly View[] {
  const all = [false, true].flatMap((transposed) =>
    mirrors.map(([vertical, horizontal]): View => ({ transposed, vertical, horizontal })),
  );
  return all.slice(0, count);
}

/** Where pixel (y, x) of a picture lies in its view: at `first + y * perRow + x * perColumn`, counted in pixels. */
export interface ViewIndex {
  readonly first: number;
  readonly perRow: number;
  readonly perColumn: number;
}

/**
 * Finds pixels of a picture in a view of it, of which only a window may be there.
 * @param picture - Size of the picture before it was turned.
 * @param window - Which part of the view is stored, row-major; default all of it.
 */
export function viewIndex(
  { transposed, vertical, horizontal }: View,
  picture: Size,
  window?: Size,
): ViewIndex {
  const [height, width] = transposed
    ? [picture.width, picture.height]
    : [picture.height, picture.width];
  const stored = window ?? { height, width };
  // A network without padding delivers the middle.
  const top = Math.floor((height - stored.height) / 2);
  const left = Math.floor((width - stored.width) / 2);
  const down = (vertical ? -1 : 1) * stored.width;
  const right = horizontal ? -1 : 1;
  const first =
    ((vertical ? height - 1 : 0) - top) * stored.width + (horizontal ? width - 1 : 0) - left;
  return transposed
    ? { first, perRow: right, perColumn: down }
    : { first, perRow: down, perColumn: right };
}

/** A picture as a view shows it. */
export function turn(raster: Raster<Float32Array>, view: View): Raster<Float32Array> {
  const { height, width, channels, data } = raster;
  if (!view.transposed && !view.vertical && !view.horizontal) return raster;
  const { first, perRow, perColumn } = viewIndex(view, raster);
  const turned = new Float32Array(data.length);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (first + y * perRow + x * perColumn) * channels;
      for (let c = 0; c < channels; c++) turned[to + c] = data[from++] as number;
    }
  }
  const size = view.transposed ? { height: width, width: height } : { height, width };
  return { ...size, channels, data: turned };
}
