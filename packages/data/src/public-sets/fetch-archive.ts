import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { cacheFolder, DataError, downloadFile, hashOf, messageOf } from '@segkit/core';

import { noteChecksum, notedChecksum, notePath } from './first-checksum.js';
import type { PublicArchive } from './public-set.js';

/** How an archive is fetched. */
export interface FetchOptions {
  /** Told of downloads and of trust. */
  readonly onMessage?: ((message: string) => void) | undefined;
  /** Bytes so far, and of the whole file if that is known. */
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Milliseconds before the second attempt. Default 500. */
  readonly delay?: number | undefined;
  /** Milliseconds without a byte after which a connection counts as dead. Default 30,000. */
  readonly timeout?: number | undefined;
}

/** An archive on this machine. */
export interface FetchedArchive {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The archive in the cache; downloaded if it is not there, or not what it should be. Without a published checksum the first
 * download is trusted and its checksum noted, and every later one has to have the same.
 * @throws DataError if it cannot be downloaded, is another file, or could have been changed on the way.
 */
export async function fetchArchive(
  { url, sha256, bytes }: PublicArchive,
  { onMessage, onProgress, delay, timeout }: FetchOptions,
): Promise<FetchedArchive> {
  const address = new URL(url);
  expectTrustworthy(address, sha256);
  const place = createHash('sha256').update(url).digest('hex').slice(0, 12);
  const name = basename(address.pathname);
  const path = join(cacheFolder(), 'data', place, name);
  const noted = sha256 === null ? await notedChecksum(path) : undefined;
  const expected = sha256 ?? noted;
  const existing = await hashOfExisting(path);
  if (existing !== undefined && existing === (expected ?? existing)) {
    if (expected === undefined) await trust(path, existing, name, onMessage);
    return { path, sha256: existing };
  }
  onMessage?.(`downloading ${name} from ${address.hostname}`);
  try {
    await downloadFile(url, path, {
      sha256: expected,
      onProgress: (received, total) => onProgress?.(received, total ?? bytes ?? undefined),
      delay,
      timeout,
      otherwise: ', and give the command again',
    });
  } catch (error) {
    const first =
      noted === undefined
        ? ''
        : ` The checksum is that of the first download, noted in ${notePath(path)}; remove the note if the publisher changed the file.`;
    throw new DataError(`${messageOf(error)}${first}`, { cause: error });
  }
  if (expected !== undefined) return { path, sha256: expected };
  const received = await hashOf(path);
  await trust(path, received, name, onMessage);
  return { path, sha256: received };
}

/** Whoever sits on the way could change what is neither encrypted nor known. */
function expectTrustworthy({ href, protocol, hostname }: URL, sha256: string | null): void {
  if (protocol === 'https:' || sha256 !== null || hostname === '127.0.0.1') return;
  throw new DataError(`${href}: expected https or a known SHA-256, found neither.`);
}

async function hashOfExisting(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? hashOf(path) : undefined;
}

async function trust(
  path: string,
  sha256: string,
  name: string,
  onMessage: FetchOptions['onMessage'],
): Promise<void> {
  await noteChecksum(path, sha256, name);
  onMessage?.(
    `${name}: its publisher tells no checksum, so this first download is trusted; SHA-256 ${sha256}, noted in ${notePath(path)}`,
  );
}
