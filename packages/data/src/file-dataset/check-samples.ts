import { DataError, type LabelSchema, type Sample, type SetProblem } from '@segkit/core';

import { nameSome } from '../files/select-stems.js';
import type { MaskCoding } from '../masks/mask-coding.js';
import { LabelAudit } from './label-audit.js';
import { mapConcurrently } from './map-concurrently.js';
import { readInBands } from './read-in-bands.js';
import type { SampleEntry, SampleSource } from './sample-source.js';

/** Samples decoded at a time. */
const concurrency = 4;

/** How many problems a message lists. */
const listed = 5;

/** How to check. */
export interface CheckOptions {
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
 * Checks that there are samples and that each has a name of its own.
 * @throws DataError otherwise.
 */
export function checkIds(entries: readonly SampleEntry[]): void {
  if (entries.length === 0) {
    throw new DataError('expected at least one sample, found none; check the options.');
  }
  const seen = new Set<string>();
  const repeated = entries.filter(({ id }) => seen.size === seen.add(id).size);
  if (repeated.length === 0) return;
  throw new DataError(
    `expected a name of its own for every sample, found ${nameSome(repeated.map(({ id }) => id))} more than once; rename or remove files.`,
  );
}

/** What was read of one sample. */
export interface Reading {
  readonly entry: SampleEntry;
  /** Pixels of the mask by code. */
  readonly counts: ReadonlyMap<number, number>;
  readonly channels: number;
}

/** What `judgeSamples` goes by. */
export interface JudgeOptions extends Pick<CheckOptions, 'labels' | 'allowOneClass'> {
  readonly coding: MaskCoding;
}

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
  if (firstOf.size > 1) problems.push({ kind: 'channels', message: unequalChannels(firstOf) });
  const masked = read.some(({ entry }) => entry.mask !== undefined);
  const judged = masked && whole && problems.length === 0 && !allowOneClass;
  const unknown = audit.unknownCodes();
  if (unknown !== undefined) problems.push({ kind: 'values', message: unknown });
  const oneClass = judged && unknown === undefined ? audit.oneClass() : undefined;
  if (oneClass !== undefined) problems.push({ kind: 'one-class', message: oneClass });
  return problems;
}

/**
 * Reads the samples once and judges the data set as a whole: sizes, channels, the masks' values.
 * @returns The channels of the images.
 * @throws DataError listing what is wrong.
 */
export async function checkSamples<Entry extends SampleEntry>(
  entries: readonly Entry[],
  source: SampleSource<Entry>,
  { keep, onUnreadable, ...options }: CheckOptions,
): Promise<number> {
  const readings = await mapConcurrently(entries, concurrency, async (entry, index) => {
    try {
      const size = await source.large?.size(entry);
      if (size !== undefined) return await readInBands(entry, size, source);
      const { sample, counts } = await source.load(entry);
      keep(index, sample);
      return { entry, counts, channels: sample.image.channels };
    } catch (error) {
      if (error instanceof DataError) return error.message;
      throw error;
    }
  });
  const unread = readings.filter((reading) => typeof reading === 'string');
  const read = readings.filter((reading) => typeof reading !== 'string');
  const judged = judgeSamples(read, { ...options, coding: source.coding }, unread.length === 0);
  // If nothing can be read, nothing can stand in for it.
  const left = onUnreadable === 'skip' && read.length > 0 ? [] : unread;
  const problems = [...left, ...judged.map(({ message }) => message)];
  if (problems.length > 0) throw new DataError(describe(problems));
  return read[0]?.channels ?? 0;
}

/** @param firstOf - An image of each number of channels. */
function unequalChannels(firstOf: ReadonlyMap<number, string>): string {
  const found = [...firstOf].map(([count, path]) => `${String(count)} in ${path}`).join(', ');
  return `expected the same number of channels in all images, found ${found}; set channels: 1 or channels: 3 to convert them.`;
}

/**
 * Judges a sample that was not read together with the others.
 * @param expected - What the data set as a whole has.
 * @throws DataError if it has other channels or values outside the classes.
 */
export function checkAlone<Entry extends SampleEntry>(
  { image, mask }: Entry,
  found: Pick<Reading, 'channels' | 'counts'>,
  { channels, labels }: { readonly channels: number; readonly labels: LabelSchema },
  { coding }: SampleSource<Entry>,
): void {
  if (found.channels !== channels) {
    throw new DataError(
      unequalChannels(
        new Map([
          [channels, 'the first image'],
          [found.channels, image],
        ]),
      ),
    );
  }
  if (mask === undefined) return;
  const audit = new LabelAudit(labels, coding);
  audit.add(mask, found.counts);
  const unknown = audit.unknownCodes();
  if (unknown !== undefined) throw new DataError(unknown);
}
