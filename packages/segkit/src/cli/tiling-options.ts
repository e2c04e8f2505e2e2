import { predictModes, viewCounts, type PredictOptions } from '@segkit/core';
import { InvalidArgumentError, Option, type Command } from 'commander';

import { parseCount } from './options.js';

/** Options of commands that pass images through a network. */
export interface TilingOptions {
  readonly mode?: (typeof predictModes)[number];
  readonly tile?: number;
  readonly overlap?: number;
  readonly batch?: number;
  readonly tta?: (typeof viewCounts)[number];
}

/** Adds `--mode`, `--tile`, `--overlap`, `--batch` and `--tta`. */
export function addTilingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--mode <mode>',
        'whole image, tiles that equal it, or tiles blended by Gaussian weights',
      ).choices(predictModes),
    )
    .option('--tile <pixels>', 'side of what the network sees at a time', parseSide)
    .option('--overlap <pixels>', 'what neighbouring tiles share at least', parseCount)
    .option('--batch <tiles>', 'tiles in one forward pass', parseSide)
    .option('--tta <views>', 'average over 2, 4 or 8 mirrored and turned views', parseViews);
}

/** What of the command line concerns the division of images; `undefined` if nothing was said of it. */
export function tilingOf(options: TilingOptions): PredictOptions | undefined {
  const { mode, tile, overlap, batch, tta } = options;
  const given = Object.entries({ mode, tile, overlap, batch, tta }).filter(
    ([, value]) => value !== undefined,
  );
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function parseSide(text: string): number {
  const count = parseCount(text);
  if (count > 0) return count;
  throw new InvalidArgumentError('Expected an integer above zero.');
}

function parseViews(text: string): (typeof viewCounts)[number] {
  const views = viewCounts.find((count) => String(count) === text);
  if (views !== undefined) return views;
  throw new InvalidArgumentError(`Expected one of ${viewCounts.join(', ')}.`);
}
