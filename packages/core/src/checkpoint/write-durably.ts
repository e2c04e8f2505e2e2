import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

import { CheckpointError, messageOf } from '../errors.js';

/** What was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** SHA-256 of the content, in hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes a file so that its name always stands for a whole one: aside, flushed to the disk, then renamed over the old. Large
 * content comes in parts and is not joined in memory.
 * @throws CheckpointError if the disk refuses; the old file is then still there, and what was written aside is removed.
 */
export async function writeDurably(
  path: string,
  parts: Iterable<Uint8Array>,
): Promise<WrittenFile> {
  const aside = `${path}.${String(process.pid)}.tmp`;
  try {
    const written = await writeAside(aside, parts);
    await rename(aside, path);
    return written;
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new CheckpointError(`${path}: cannot be written (${messageOf(cause)}).`, { cause });
  }
}

async function writeAside(aside: string, parts: Iterable<Uint8Array>): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(aside, 'w');
  try {
    for (const part of parts) {
      hash.update(part);
      bytes += part.byteLength;
      await file.writeFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
