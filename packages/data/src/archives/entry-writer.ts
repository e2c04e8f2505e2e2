import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DataError } from '@segkit/core';

import { entryPath } from './entry-path.js';
import type { UnpackBudget } from './unpack-budget.js';

/** What an archive says an entry is. */
export interface EntryHeader {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
  /** What it is called in errors, e.g. `SymbolicLink`. */
  readonly type: string;
}

/** Where and how entries are written. */
export interface EntryWriterOptions {
  /** Names the archive in errors. */
  readonly where: string;
  /** A new folder of the caller's own, so that there are no links in it. */
  readonly folder: string;
  /** Takes only entries below this path, and drops it from their names. */
  readonly take?: string | undefined;
  /** Drops this folder from the names of what lies in it, and takes the rest as it is. */
  readonly strip?: string | undefined;
  readonly budget: UnpackBudget;
}

/** Writes entries of an archive below a folder, and nothing but files and folders. */
export class EntryWriter {
  readonly #options: EntryWriterOptions;
  #files = 0;

  constructor(options: EntryWriterOptions) {
    this.#options = options;
  }

  /** Files written. */
  get files(): number {
    return this.#files;
  }

  /**
   * Where an entry is to be written; `undefined` if it is not wanted.
   * @throws DataError if its path leads elsewhere, or it is wanted and neither file nor folder.
   */
  place({ name, kind, type }: EntryHeader): string | undefined {
    const { where, take, strip, budget } = this.#options;
    budget.addEntry();
    if (/^(\.?\/)*$/.test(name)) return undefined;
    const path = entryPath(name, where);
    const wanted = take === undefined || path.startsWith(`${take}/`);
    if (!wanted) return undefined;
    if (kind === 'other') {
      throw new DataError(
        `${where}: expected files and folders only, found ${name} of type ${type}; links and devices are not unpacked, ` +
          'so nothing of it was kept.',
      );
    }
    if (path === strip) return undefined;
    const dropped = take ?? (path.startsWith(`${String(strip)}/`) ? strip : undefined);
    return dropped === undefined ? path : path.slice(dropped.length + 1);
  }

  /** Makes a folder. @param place - Of `place`. */
  async makeFolder(place: string): Promise<void> {
    await mkdir(join(this.#options.folder, place), { recursive: true });
  }

  /**
   * Writes a file.
   * @param place - Of `place`.
   * @throws DataError if there is a file already.
   */
  async writeFile(place: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { where, folder, budget } = this.#options;
    const path = join(folder, place);
    await mkdir(dirname(path), { recursive: true });
    let file;
    try {
      file = await open(path, 'wx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new DataError(`${where}: expected every file once, found ${place} twice.`, {
        cause: error,
      });
    }
    try {
      for await (const chunk of content) {
        budget.addBytes(chunk.length);
        await file.appendFile(chunk);
      }
    } finally {
      await file.close();
    }
    this.#files += 1;
  }
}
