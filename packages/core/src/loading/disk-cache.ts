import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import type { PackedSample } from './packed-sample.js';
import { decodeSampleFile, encodeSampleFile } from './sample-file.js';

/** Where a thread of the loader keeps samples on disk. */
export interface DiskCachePlace {
  /** The folder of one data set with one set of options; exists. */
  readonly folder: string;
  /** Bytes that this thread may add to it. */
  readonly bytes: number;
}

/**
 * Keeps packed samples as files, one for each index, written whole or not at all. A file that is damaged, or was made of
 * other files than the sample now has, counts as missing and is replaced. When its bytes are spent or the disk refuses, it
 * keeps what it has.
 */
export class DiskCache {
  readonly #folder: string;
  #bytes: number;

  constructor({ folder, bytes }: DiskCachePlace) {
    this.#folder = folder;
    this.#bytes = bytes;
  }

  /**
   * The sample of an index, if it was kept.
   * @param fingerprint - The data set's text for the files that the sample is read from.
   */
  async read(index: number, fingerprint: string): Promise<PackedSample | undefined> {
    const path = this.#pathOf(index);
    try {
      const kept = decodeSampleFile(await readFile(path), path);
      return kept.fingerprint === fingerprint ? kept.sample : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps a sample if there is room. */
  async write(index: number, fingerprint: string, sample: PackedSample): Promise<void> {
    const path = this.#pathOf(index);
    const file = encodeSampleFile({ fingerprint, sample });
    const more = file.length - (await sizeOf(path));
    if (more > this.#bytes) return;
    // Taken before the file is written: others may be written meanwhile.
    this.#bytes -= more;
    try {
      await writeFileAtomic(path, Buffer.from(file.buffer), { fsync: false });
    } catch {
      // A full or read-only disk costs speed, never the run.
      this.#bytes = 0;
    }
  }

  #pathOf(index: number): string {
    return join(this.#folder, `${String(index)}.safetensors`);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
