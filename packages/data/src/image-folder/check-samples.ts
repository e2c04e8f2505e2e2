import { DataError, type LabelSchema, type Sample, type SetProblem } from '@segkit/core';

import { LabelAudit } from './label-audit.js';
import { loadSample, type LoadOptions, type SampleFiles } from './load-sample.js';
import { mapConcurrently } from './map-concurrently.js';

/** Samples decoded at a time. */
const concurrency = 4;

/** How many problems a message lists. */
const listed = 5;

/** How to check. */
export interface CheckOptions extends LoadOptions {
  readonly labels: LabelSchema;
  /** Accept masks that show a single class. */
  readonly allowOneClass: boolean;
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

/** What was read of one sample. */
export interface Reading {
  readonly entry: SampleFiles;
  /** Pixels of the mask by code. */
  readonly counts: ReadonlyMap<number, number>;
  readonly channels: number;
}

/** What `judgeSamples` goes by. */
export type JudgeOptions = Pick<CheckOptions, 'labels' | 'coding' | 'allowOneClass'>;

/**
 * What is wrong with samples as a whole: channels that differ, codes that mean nothing, a single class.
 * @param whole - Whether no sample is missing; what only some show is not held against them.
 */
export function judgeSamples(
  read: readonly Reading[],
  { labels, coding, allowOneClass }: JudgeOptions,
  whole: boolean,
): SetProblem[] {
  const problems: SetProblem[] = [];
  const audit = new LabelAudit(labels, coding);
  const firstOf = new Map<number, string>();
  for (const { entry, counts, channels } of read) {
    if (!firstOf.has(channels)) firstOf.set(channels, entry.image);
    if (entry.mask !== undefined) audit.add(entry.mask, counts);
  }
  if (firstOf.size > 1) {
    const found = [...firstOf].map(([count, path]) => `${String(count)} in ${path}`).join(', ');
    const message = `expected the same number of channels in all images, found ${found}; set channels: 1 or channels: 3 to convert them.`;
    problems.push({ kind: 'channels', message });
  }
  const masked = read.some(({ entry }) => entry.mask !== undefined);
  const judged = masked && whole && problems.length === 0 && !allowOneClass;
  const unknown = audit.unknownCodes();
  if (unknown !== undefined) problems.push({ kind: 'values', message: unknown });
  const oneClass = judged && unknown === undefined ? audit.oneClass() : undefined;
  if (oneClass !== undefined) problems.push({ kind: 'one-class', message: oneClass });
  return problems;
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
  const readings = await mapConcurrently(files, concurrency, async (entry, index) => {
    try {
      const { sample, counts } = await loadSample(entry, options);
      options.keep(index, sample);
      return { entry, counts, channels: sample.image.channels };
    } catch (error) {
      if (error instanceof DataError) return error.message;
      throw error;
    }
  });
  const unread = readings.filter((reading) => typeof reading === 'string');
  const read = readings.filter((reading) => typeof reading !== 'string');
  const judged = judgeSamples(read, options, unread.length === 0);
  const problems = [...unread, ...judged.map(({ message }) => message)];
  if (problems.length > 0) throw new DataError(describe(problems));
  return read[0]?.channels ?? 0;
}
