import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { CheckpointError, messageOf } from '../errors.js';
import { appendRemainder, Refusal, type Validator } from './append-remainder.js';
import { claimPart, releasePart } from './part-file.js';

/** How a file is fetched. */
export interface DownloadOptions {
  /** SHA-256 of the file: hexadecimal digits of its start, at least 8. */
  readonly sha256?: string | undefined;
  /** Told after every piece: bytes so far, and of the whole file if the server says. */
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Milliseconds without a byte after which a connection counts as dead. Default 30,000. */
  readonly timeout?: number | undefined;
  /** Attempts in a row that bring no further byte. Default 4. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt; doubled before each further one. Default 500. */
  readonly delay?: number | undefined;
  /** What else to do than put the file in place by hand. Default: about weights. */
  readonly otherwise?: string | undefined;
  /** Aborting it leaves the part for the next download. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a file. What was received is kept in a `.part` file beside it and continued, after a cut connection as after
 * a killed process; the file itself appears at once and whole, with the right checksum.
 * @param path - The file; its folder is made.
 * @throws CheckpointError if the server refuses, the network is down, or the checksum differs.
 */
export async function downloadFile(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const part = await claimPart(path);
    try {
      await complete(url, part, options);
      await rename(part, path);
    } finally {
      await releasePart(part, path);
    }
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `${url}: cannot be downloaded (${reasonOf(error)}). Without a network, get the file elsewhere and put it at ${path}` +
        `${options.otherwise ?? ', or give its path in the config'}.`,
      { cause: error },
    );
  }
}

/** Node's fetch throws a TypeError that says "fetch failed", and keeps the reason in `cause`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return cause instanceof Error && cause.message !== '' ? cause.message : messageOf(error);
}

/** Makes the part whole and checks it; a continued one that turns out wrong is fetched once more from the start. */
async function complete(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { sha256 } = options;
  // Without a checksum nobody could tell whether an earlier part belongs to what the server has now.
  if (sha256 === undefined) await rm(part, { force: true });
  const continued = (await sizeOf(part)) > 0;
  await fetchAll(url, part, options);
  if (sha256 === undefined) return;
  let received = await hashOf(part);
  if (continued && !received.startsWith(sha256)) {
    await rm(part, { force: true });
    await fetchAll(url, part, options);
    received = await hashOf(part);
  }
  if (received.startsWith(sha256)) return;
  await rm(part, { force: true });
  throw new CheckpointError(
    `${url}: expected a file with the SHA-256 ${sha256}, received ${received.slice(0, Math.max(16, sha256.length))}; ` +
      'the server has another file, so it was thrown away. Check the address and the checksum.',
  );
}

async function fetchAll(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { attempts = 4, delay = 500, signal, timeout = 30_000, onProgress } = options;
  const validator: Validator = { tag: null, trusted: options.sha256 !== undefined };
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      await appendRemainder({ url, part, validator, timeout, signal, onProgress });
      return;
    } catch (error) {
      if (error instanceof Refusal || signal?.aborted === true) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= attempts) throw error;
      await wait(delay * 2 ** (failures - 1), undefined, signal && { signal });
    }
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** SHA-256 of a file as 64 hexadecimal digits. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
