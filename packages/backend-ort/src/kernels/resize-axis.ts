/** How the pixel grids before and after a resize lie on each other, and what is taken between pixels. */
export interface ResizeMode {
  readonly method: 'bilinear' | 'nearest';
  /** The centres of the corner pixels coincide. */
  readonly alignCorners: boolean;
  /** Pixels are squares, whose centres are at halves; otherwise points, at whole numbers. */
  readonly halfPixelCenters: boolean;
}

/** A pixel of the resized axis as a weighted sum of pixels of the original one. */
export type Taps = readonly (readonly [index: number, weight: number])[];

/** What every pixel of a resized axis is made of, as tfjs-backend-cpu computes it. */
export function axisTaps(length: number, resized: number, mode: ResizeMode): readonly Taps[] {
  const corners = mode.alignCorners && resized > 1;
  const ratio = corners ? (length - 1) / (resized - 1) : length / resized;
  const taps = mode.method === 'bilinear' ? bilinearTaps : nearestTap;
  return Array.from({ length: resized }, (_, i) => taps(i, ratio, length, mode));
}

function bilinearTaps(i: number, ratio: number, length: number, mode: ResizeMode): Taps {
  const at = mode.halfPixelCenters ? ratio * (i + 0.5) - 0.5 : ratio * i;
  const low = Math.max(0, Math.floor(at));
  const high = Math.min(length - 1, Math.ceil(at));
  if (high <= low) return [[low, 1]];
  return [
    [low, 1 - (at - low)],
    [high, at - low],
  ];
}

function nearestTap(i: number, ratio: number, length: number, mode: ResizeMode): Taps {
  const at = mode.halfPixelCenters ? ratio * (i + 0.5) : ratio * i;
  const nearest = mode.alignCorners ? Math.round(at) : Math.floor(at);
  return [[Math.min(length - 1, Math.max(0, nearest)), 1]];
}

/** The pixel that each pixel of the resized axis copies. */
export function nearestSources(taps: readonly Taps[]): readonly number[] {
  return taps.map(([tap]) => tap?.[0] ?? 0);
}

/** The whole factor by which a resize repeats every pixel; `undefined` if it does something else. */
export function repeatFactor(length: number, sources: readonly number[]): number | undefined {
  const factor = sources.length / length;
  const repeats =
    Number.isInteger(factor) && sources.every((source, i) => source === Math.floor(i / factor));
  return repeats ? factor : undefined;
}
