import { crc32 } from 'node:zlib';

import * as yauzl from 'yauzl';

import { CheckpointError, messageOf } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';

/** The entries of a zip archive that are stored as they are. */
export interface StoredZip {
  readonly names: readonly string[];
  /**
   * Reads an entry.
   * @param limit - The most bytes that it may have.
   * @throws CheckpointError if there is none of that name, it is compressed, too long or damaged.
   */
  read(name: string, limit: number): Promise<Uint8Array>;
}

/** A checkpoint has one entry for each tensor. */
const maxEntries = 100_000;

/**
 * Reads the directory of a zip archive.
 * @throws CheckpointError if it is damaged, or names an entry twice.
 */
export async function openZip(source: ByteSource): Promise<StoredZip> {
  const { where } = source;
  const entries = new Map<string, yauzl.Entry>();
  const guard = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof CheckpointError) throw error;
      throw new CheckpointError(
        `${where}: the zip archive cannot be read (${messageOf(error)}); it is truncated or damaged, get it again.`,
        { cause: error },
      );
    }
  };
  const zip = await guard(() =>
    yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      autoClose: false,
    }),
  );
  await guard(async () => {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw new Error(`it has ${entry.fileName} twice`);
      if (entries.size >= maxEntries) throw new Error('it has too many entries');
      entries.set(entry.fileName, entry);
    }
  });
  // All reads together, so that entries that overlap cannot make more of a file than there is.
  const budget = { bytes: source.size };
  return {
    names: [...entries.keys()],
    read: (name, limit) =>
      guard(() => readEntry(source, zip, entries.get(name), name, limit, budget)),
  };
}

async function readEntry(
  source: ByteSource,
  zip: yauzl.ZipFile,
  entry: yauzl.Entry | undefined,
  name: string,
  limit: number,
  budget: { bytes: number },
): Promise<Uint8Array> {
  if (entry === undefined) throw new Error(`it has no ${name}`);
  if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
    throw new Error(`${name} is compressed or encrypted, which torch.save never does`);
  }
  const length = entry.uncompressedSize;
  if (length > limit) {
    throw new Error(`${name} has ${String(length)} bytes, expected at most ${String(limit)}`);
  }
  budget.bytes -= length;
  if (budget.bytes < 0) throw new Error('its entries overlap');
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const bytes = await source.read(fileDataStart, length);
  if (crc32(bytes) !== entry.crc32) throw new Error(`${name} does not match its checksum`);
  return bytes;
}

/** Lets yauzl read from a source. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#source.read(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(messageOf(error)));
      },
    );
  }
}
