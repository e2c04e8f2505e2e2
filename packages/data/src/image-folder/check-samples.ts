import { DataError, type LabelSchema, type Sample } from '@segkit/core';

import { largeTiffSize } from '../reading/large-tiff.js';
import { LabelAudit } from './label-audit.js';
import { loadSample, type LoadOptions, type SampleFiles } from './load-sample.js';
import { mapConcurrently } from './map-concurrently.js';
import { readInTiles } from './read-in-tiles.js';

/** Samples decoded at a time. */
const concurrency = 4;

/** How many problems a message lists. */
const listed = 5;

/** How to check. */
export interface CheckOptions extends LoadOptions {
  readonly labels: LabelSchema;
  /** Accept masks that show a single class. */
  readonly allowOneClass: boolean;
  /** Whether files that cannot be read are problems, or are left to the loader, which skips them. */
  readonly onUnreadable: 'fail' | 'skip';
  /** Offered every sample that was read. */
  readonly keep: (index: number, sample: Sample) => void;
}

function describe(problems: readonly string[]): string {
  if (problems.length === 1) return String(problems[0]);
  const lines = problems.slice(0, listed).map((problem) => `\n  ${problem}`);
  const rest = problems.length - lines.length;
  const more = rest > 0 ? `\n  and ${String(rest)} more` : '';
  return `${String(problems.length)} problems:${lines.join('')}${more}`;
}

/**
 * Reads every file once and judges the data set as a whole: sizes, channels, the masks' values.
 * @returns The channels of the images.
 * @throws DataError listing what is wrong.
 */
export async function checkSamples(
  files: readonly SampleFiles[],
  options: CheckOptions,
): Promise<number> {
  const { labels, coding, allowOneClass, onUnreadable, keep } = options;
  const readings = await mapConcurrently(files, concurrency, async (entry, index) => {
    try {
      const large = await largeTiffSize([entry.image, entry.mask, entry.target]);
      if (large !== undefined) return { entry, ...(await readInTiles(entry, large, options)) };
      const { sample, counts } = await loadSample(entry, options);
      keep(index, sample);
      return { entry, counts, channels: sample.image.channels };
    } catch (error) {
      if (error instanceof DataError) return error.message;
      throw error;
    }
  });
  const unreadable = readings.filter((reading) => typeof reading === 'string');
  const read = readings.filter((reading) => typeof reading !== 'string');
  // If nothing can be read, nothing can stand in for it.
  const problems = onUnreadable === 'skip' && read.length > 0 ? [] : unreadable;

  const audit = new LabelAudit(labels, coding);
  const firstOf = new Map<number, string>();
  for (const { entry, counts, channels } of read) {
    if (!firstOf.has(channels)) firstOf.set(channels, entry.image);
    if (entry.mask !== undefined) audit.add(entry.mask, counts);
  }
  if (firstOf.size > 1) {
    const found = [...firstOf].map(([count, path]) => `${String(count)} in ${path}`).join(', ');
    problems.push(
      `expected the same number of channels in all images, found ${found}; set channels: 1 or channels: 3 to convert them.`,
    );
  }
  const masked = read.some(({ entry }) => entry.mask !== undefined);
  const whole = problems.length === 0;
  const oneClass = masked && whole && !allowOneClass ? audit.oneClass() : undefined;
  const labelProblem = audit.unknownCodes() ?? oneClass;
  if (labelProblem !== undefined) problems.push(labelProblem);
  if (problems.length > 0) throw new DataError(describe(problems));
  return read[0]?.channels ?? 0;
}
