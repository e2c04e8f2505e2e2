import { ConfigError } from '../errors.js';

/** How an image is put together from tiles; see {@link PredictOptions}. */
export const predictModes = ['auto', 'whole', 'overlap-tile', 'gaussian'] as const;

/** Numbers of views that are averaged; see {@link PredictOptions}. */
export const viewCounts = [1, 2, 4, 8] as const;

/** How to predict an image. */
export interface PredictOptions {
  /** Names the image in errors. Default `image`. */
  readonly id?: string;
  /**
   * - `whole`: in one piece.
   * - `overlap-tile`: in tiles that see as much around them as a logit depends on, so that the result is that of `whole`; the
   *   image is mirrored at its borders where the network needs more.
   * - `gaussian`: in overlapping tiles whose probabilities are averaged by weights that fall off to the tile's border, with a
   *   standard deviation of an eighth of the tile.
   * - `auto` (default): `whole` while its maps take less than 1 GB, else `overlap-tile` where that is exact and its tiles are
   *   no larger than that, else `gaussian`.
   *
   * @see https://arxiv.org/abs/1505.04597 (overlap-tile), https://doi.org/10.1038/s41592-020-01008-z (gaussian)
   */
  readonly mode?: (typeof predictModes)[number];
  /**
   * Height and width of what the network sees of the image at a time, in pixels. Enlarged to the next size that the network
   * takes, and with `overlap-tile` to one and a half times the overlap. Default: 512, with `overlap-tile` three times the
   * overlap if that is more.
   */
  readonly tile?: number;
  /**
   * Rows and columns that neighbouring tiles share at least, in pixels; with `overlap-tile` never fewer than exactness
   * needs. Default: that, and half of the tile with `gaussian`.
   */
  readonly overlap?: number;
  /** Tiles in one forward pass. Default 1. */
  readonly batch?: number;
  /**
   * Views of every tile whose probabilities are averaged: 1 (default) as it is, 2 with its mirror image, 4 with both
   * directions mirrored, 8 with those of the quarter turns as well.
   */
  readonly tta?: (typeof viewCounts)[number];
  /** Aborting it ends the prediction after the current tiles, with the signal's reason as error. */
  readonly signal?: AbortSignal;
  /** Told after every forward pass how much of the image is done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Checks options that come from outside.
 * @throws ConfigError if one is none of the allowed values.
 */
export function checkPredictOptions(options: PredictOptions): void {
  const { mode = 'auto', tta = 1 } = options;
  expectOneOf('mode', mode, predictModes);
  expectOneOf('tta', tta, viewCounts);
  expectCount('tile', options.tile, 1);
  expectCount('overlap', options.overlap, 0);
  expectCount('batch', options.batch, 1);
  const { tile, overlap } = options;
  if (mode === 'gaussian' && tile !== undefined && overlap !== undefined && overlap >= tile) {
    throw new ConfigError(
      `predict: expected an overlap below the tile of ${String(tile)} pixels, received ${String(overlap)}; half of the tile is usual.`,
    );
  }
}

function expectOneOf<T>(name: string, value: T, allowed: readonly T[]): void {
  if (allowed.includes(value)) return;
  throw new ConfigError(
    `predict: expected ${name} to be one of ${allowed.join(', ')}, received ${String(value)}.`,
  );
}

function expectCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new ConfigError(
    `predict: expected ${name} to be an integer of at least ${String(least)}, received ${String(value)}.`,
  );
}
