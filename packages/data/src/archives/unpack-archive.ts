import { open, stat } from 'node:fs/promises';

import { DataError, messageOf } from '@segkit/core';

import { EntryWriter } from './entry-writer.js';
import { UnpackBudget, type UnpackLimits } from './unpack-budget.js';
import { unpackTar } from './unpack-tar.js';
import { unpackZip } from './unpack-zip.js';

/** What to unpack of an archive, and how much at most. */
export interface UnpackOptions {
  /** Takes only entries below this path, and drops it from their names. */
  readonly take?: string | undefined;
  /** Drops this folder from the names of what lies in it, and takes the rest as it is. */
  readonly strip?: string | undefined;
  readonly limits: UnpackLimits;
}

/** What was written. */
export interface Unpacked {
  readonly files: number;
  /** Bytes of all files together. */
  readonly bytes: number;
}

/**
 * Unpacks a tar, tar.gz or zip archive; its content decides which. Files and folders are written and nothing else: an
 * entry that is a link or a device, whose path leads outside the folder, that there is twice, or that exceeds the limits
 * ends the work. What was written until then is for the caller to remove.
 * @param folder - A new folder of the caller's own.
 * @throws DataError if the archive is damaged, hostile, or holds nothing to take.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  { take, strip, limits }: UnpackOptions,
): Promise<Unpacked> {
  const { size } = await stat(archive);
  const budget = new UnpackBudget(archive, limits, size);
  const writer = new EntryWriter({ where: archive, folder, take, strip, budget });
  try {
    const opening = await readOpening(archive);
    if (opening.startsWith('PK')) await unpackZip(archive, writer);
    else {
      // Headers and padding come on top of the files.
      const bytes = limits.bytes + 2048 * limits.entries + 2 ** 20;
      const total = new UnpackBudget(archive, { ...limits, bytes }, size);
      await unpackTar(archive, opening.startsWith('\x1f\x8b'), writer, total);
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `${archive}: expected a whole tar, tar.gz or zip archive, which cannot be unpacked (${messageOf(error)}); get it again.`,
      { cause: error },
    );
  }
  if (writer.files === 0) {
    const place = take === undefined ? '' : ` below ${take}`;
    throw new DataError(`${archive}: expected files${place}, found none; it is another archive.`);
  }
  return { files: writer.files, bytes: budget.bytes };
}

async function readOpening(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
