import type { Size } from '@segkit/core';

import type { Reading } from './check-samples.js';
import type { SampleEntry, SampleSource } from './sample-source.js';

/** Pixels that are in memory at a time. */
const bandPixels = 2 ** 22;

/**
 * Reads the whole of a large sample, a few rows at a time, so that no bad place of it is met in training.
 * @throws DataError if a part cannot be read.
 */
export async function readInBands<Entry extends SampleEntry>(
  entry: Entry,
  { height, width }: Size,
  { large }: SampleSource<Entry>,
): Promise<Reading> {
  const counts = new Map<number, number>();
  const rows = Math.max(1, Math.floor(bandPixels / width));
  let channels = 0;
  for (let top = 0; top < height; top += rows) {
    const box = { top, left: 0, height: Math.min(rows, height - top), width };
    const band = await large?.load(entry, box);
    for (const [code, pixels] of band?.counts ?? []) {
      counts.set(code, (counts.get(code) ?? 0) + pixels);
    }
    channels = band?.sample.image.channels ?? channels;
  }
  return { entry, counts, channels };
}
