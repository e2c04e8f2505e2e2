import { DataError, type Inspection, type Inspector } from '@segkit/core';

import type { MaskCoding } from '../masks/mask-coding.js';
import { storedBits } from '../reading/stored-bits.js';
import { judgeSamples, type CheckOptions, type Reading } from './check-samples.js';
import { MismatchError } from './load-sample.js';
import type { SampleEntry, SampleSource } from './sample-source.js';

/** Pixels of codes that mean nothing, by the code as a config writes it. */
function unknownCodes(
  counts: ReadonlyMap<number, number>,
  { meaning, show }: MaskCoding,
): ReadonlyMap<string, number> {
  const unknown = [...counts].filter(([code]) => !meaning.has(code)).sort(([a], [b]) => a - b);
  return new Map(unknown.map(([code, pixels]) => [show(code), pixels]));
}

/** Reads samples as `checkSamples` does, but tells of every one what it is like, the bad ones included. */
export function inspectSamples<Entry extends SampleEntry>(
  entries: readonly Entry[],
  source: SampleSource<Entry>,
  options: Pick<CheckOptions, 'labels' | 'allowOneClass'>,
): Inspector {
  const { coding } = source;
  // By index, so that what is told does not depend on which was read first.
  const readings: (Reading | undefined)[] = entries.map(() => undefined);
  return {
    length: entries.length,
    async read(index) {
      const entry = entries[index];
      if (entry === undefined) throw new RangeError(`no sample ${String(index)}`);
      const { id, image, mask } = entry;
      const bits = await storedBits(image);
      const known = {
        id,
        files: mask === undefined ? [image] : [image, mask],
        ...(bits !== undefined && { bits }),
      };
      try {
        const { sample, counts } = await source.load(entry);
        readings[index] = { entry, counts, channels: sample.image.channels };
        return { ...known, sample, unknown: unknownCodes(counts, coding) };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        const kind = error instanceof MismatchError ? 'mismatch' : 'unreadable';
        return { ...known, problem: { kind, message: error.message } } satisfies Inspection;
      }
    },
    conclude() {
      const read = readings.filter((reading) => reading !== undefined);
      return judgeSamples(read, { ...options, coding }, read.length === entries.length);
    },
  };
}
