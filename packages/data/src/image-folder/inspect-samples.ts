import { DataError, type Inspection, type Inspector } from '@segkit/core';

import { storedBits } from '../reading/stored-bits.js';
import { judgeSamples, type JudgeOptions, type Reading } from './check-samples.js';
import { loadSample, MismatchError, type LoadOptions, type SampleFiles } from './load-sample.js';
import type { MaskCoding } from './mask-coding.js';

/** Pixels of codes that mean nothing, by the code as a config writes it. */
function unknownCodes(
  counts: ReadonlyMap<number, number>,
  { meaning, show }: MaskCoding,
): ReadonlyMap<string, number> {
  const unknown = [...counts].filter(([code]) => !meaning.has(code)).sort(([a], [b]) => a - b);
  return new Map(unknown.map(([code, pixels]) => [show(code), pixels]));
}

/** Reads files as `checkSamples` does, but tells of every sample what it is like, the bad ones included. */
export function inspectSamples(
  files: readonly SampleFiles[],
  options: LoadOptions & JudgeOptions,
): Inspector {
  // By index, so that what is told does not depend on which was read first.
  const readings: (Reading | undefined)[] = files.map(() => undefined);
  return {
    length: files.length,
    async read(index) {
      const entry = files[index];
      if (entry === undefined) throw new RangeError(`no sample ${String(index)}`);
      const { id, image, mask, target } = entry;
      const paths = [image, mask, target].filter((path) => path !== undefined);
      const bits = await storedBits(image);
      const known = { id, files: paths, ...(bits !== undefined && { bits }) };
      try {
        const { sample, counts } = await loadSample(entry, options);
        readings[index] = { entry, counts, channels: sample.image.channels };
        return { ...known, sample, unknown: unknownCodes(counts, options.coding) };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        const kind = error instanceof MismatchError ? 'mismatch' : 'unreadable';
        return { ...known, problem: { kind, message: error.message } } satisfies Inspection;
      }
    },
    conclude() {
      const read = readings.filter((reading) => reading !== undefined);
      return judgeSamples(read, options, read.length === files.length);
    },
  };
}
