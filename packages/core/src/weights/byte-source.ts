import { open, stat, type FileHandle } from 'node:fs/promises';

import { CheckpointError, messageOf } from '../errors.js';

/** Bytes that can be read at any position, so that a file need not be in memory as a whole. */
export interface ByteSource {
  /** The file's name, for messages. */
  readonly where: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * A copy of some bytes, aligned for every element type.
   * @throws CheckpointError if the source does not hold them all; nothing is allocated then.
   */
  read(start: number, length: number): Promise<Uint8Array>;
}

/** Refuses a range that the source does not hold, before memory for it is allocated. */
function expectRange(where: string, size: number, start: number, length: number): void {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(length);
  if (whole && start >= 0 && length >= 0 && start + length <= size) return;
  throw new CheckpointError(
    `${where}: expected ${String(length)} bytes from byte ${String(start)}, the file has ${String(size)}; ` +
      'it is truncated or damaged, so get it again.',
  );
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array, where: string): ByteSource {
  return {
    where,
    size: bytes.length,
    // A refusal becomes a rejection, as for files.
    read: (start, length) =>
      new Promise((resolve) => {
        expectRange(where, bytes.length, start, length);
        // Not bytes.slice(), which a Buffer overrides by a view.
        resolve(new Uint8Array(bytes.subarray(start, start + length)));
      }),
  };
}

/**
 * Opens a file as a source while `use` runs.
 * @throws CheckpointError if it is missing, unreadable or no regular file.
 */
export async function withFile<T>(
  path: string,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const { handle, size } = await openFile(path);
  try {
    return await use(fileSource(handle, size, path));
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<{ handle: FileHandle; size: number }> {
  try {
    // Before opening, because opening a pipe would wait for a writer.
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no regular file');
    return { handle: await open(path), size: found.size };
  } catch (error) {
    throw new CheckpointError(
      `${path}: cannot be read (${messageOf(error)}); check the path of the weights.`,
      { cause: error },
    );
  }
}

function fileSource(handle: FileHandle, size: number, where: string): ByteSource {
  return {
    where,
    size,
    read: async (start, length) => {
      expectRange(where, size, start, length);
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
        if (bytesRead === 0) expectRange(where, start + filled, start, length);
        filled += bytesRead;
      }
      return bytes;
    },
  };
}
