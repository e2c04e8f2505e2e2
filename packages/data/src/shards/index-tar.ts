import { open, type FileHandle } from 'node:fs/promises';

import { DataError, messageOf } from '@segkit/core';
import { Header, Pax } from 'tar';

import { reasonOf } from '../reading/read-bytes.js';

/** A file inside a tar. */
export interface TarEntry {
  readonly name: string;
  /** Where its bytes begin in the tar. */
  readonly offset: number;
  /** Its bytes. */
  readonly size: number;
}

const block = 512;

/** Names and other extensions of a header are no longer. */
const maxMeta = 2 ** 20;

const files = new Set(['File', 'OldFile', 'ContiguousFile']);

/** What the headers before an entry say of it. */
interface Extensions {
  next: Pax | undefined;
  global: Pax | undefined;
}

/**
 * Finds the files of a tar by its headers alone, so that each can be read on its own. Folders and links are passed over.
 * @throws DataError if the tar is missing, compressed, damaged or cut off.
 */
export async function indexTar(path: string): Promise<TarEntry[]> {
  let file;
  try {
    file = await open(path);
  } catch (error) {
    throw new DataError(`${path}: expected a tar file, ${reasonOf(error)}.`, { cause: error });
  }
  try {
    return await readHeaders(file, path);
  } finally {
    await file.close();
  }
}

async function readHeaders(file: FileHandle, path: string): Promise<TarEntry[]> {
  const { size: length } = await file.stat();
  const found: TarEntry[] = [];
  const extensions: Extensions = { next: undefined, global: undefined };
  let longName: string | undefined;
  for (let at = 0; at + block <= length;) {
    const bytes = await readAt(file, at, block, path);
    const header = parseHeader(bytes, at, path, extensions);
    // Two empty blocks mark the end; whatever follows is none of the archive.
    if (header.nullBlock) break;
    const { type, size = 0 } = header;
    const offset = at + block;
    if (!Number.isSafeInteger(size) || size < 0 || offset + size > length) {
      throw new DataError(
        `${path}: expected ${String(size)} bytes of ${String(header.path)} from ${String(offset)} on, found the end at ${String(length)}; the tar is cut off, get it again.`,
      );
    }
    at = offset + Math.ceil(size / block) * block;
    if (isExtension(type)) {
      const text = await readMeta(file, { name: type, offset, size }, path);
      if (type === 'NextFileHasLongPath') longName = text.replace(/\0.*$/s, '');
      else if (type === 'GlobalExtendedHeader') {
        extensions.global = Pax.parse(text, extensions.global, true);
      } else if (type !== 'NextFileHasLongLinkpath') extensions.next = Pax.parse(text);
      continue;
    }
    const name = longName ?? header.path ?? '';
    if (files.has(type) && !name.endsWith('/')) found.push({ name, offset, size });
    extensions.next = undefined;
    longName = undefined;
  }
  return found;
}

function isExtension(type: string): boolean {
  return /ExtendedHeader|HasLong/.test(type);
}

function parseHeader(
  bytes: Buffer,
  at: number,
  path: string,
  { next, global }: Extensions,
): Header {
  if (at === 0 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new DataError(
      `${path}: expected a tar, found a compressed one, in which no file can be found without reading all before it; unpack it by gunzip.`,
    );
  }
  let header;
  try {
    header = new Header(bytes, 0, next, global);
  } catch (error) {
    throw new DataError(damaged(path, at, messageOf(error)), { cause: error });
  }
  if (!header.nullBlock && !header.cksumValid) {
    throw new DataError(damaged(path, at, 'its checksum is another one'));
  }
  return header;
}

function damaged(path: string, at: number, reason: string): string {
  return `${path}: expected the header of a tar at byte ${String(at)}, found none (${reason}); it is damaged or no tar, get it again.`;
}

async function readMeta(file: FileHandle, entry: TarEntry, path: string): Promise<string> {
  const { name, offset, size } = entry;
  if (size > maxMeta)
    throw new DataError(damaged(path, offset, `${name} of ${String(size)} bytes`));
  return (await readAt(file, offset, size, path)).toString('utf8');
}

/**
 * Reads some bytes of a file.
 * @param path - Names the file in errors.
 * @throws DataError if it ends before.
 */
export async function readAt(
  file: FileHandle,
  offset: number,
  size: number,
  path: string,
): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, offset);
  if (bytesRead === size) return buffer;
  throw new DataError(
    `${path}: expected ${String(size)} bytes from ${String(offset)} on, found ${String(bytesRead)}; the file became shorter while it was used.`,
  );
}
