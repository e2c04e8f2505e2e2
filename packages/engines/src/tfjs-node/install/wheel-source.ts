import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';

import { messageOf } from '@segkit/core';
import * as yauzl from 'yauzl';

import { libraryNames } from './libraries.js';
import { headerLimit, installError, type TensorflowSource } from './tensorflow-source.js';

/** Where a wheel keeps TensorFlow's libraries and headers. */
const libraryFolder = 'tensorflow/';
const headerFolder = 'tensorflow/include/';
/** No library of TensorFlow has as much. */
const libraryLimit = 4 * 2 ** 30;

function damaged(path: string, cause: unknown): Error {
  return installError(
    `${path} is not a whole wheel: ${messageOf(cause).replace(/\.$/, '')}; download it again.`,
    cause,
  );
}

/** The entries of a wheel that may be wanted, by name. */
async function entriesOf(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  const wanted = new Set(libraryNames.map((name) => `${libraryFolder}${name}`));
  const entries = new Map<string, yauzl.Entry>();
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    const isHeader = fileName.startsWith(headerFolder) && fileName.endsWith('.h');
    if (!isHeader && !wanted.has(fileName)) continue;
    if (entries.has(fileName)) throw new Error(`it holds ${fileName} twice`);
    entries.set(fileName, entry);
  }
  return entries;
}

/**
 * A wheel of TensorFlow as a source. Entries are written where the caller says and nowhere else, whatever their names, and
 * their checksums are compared.
 * @throws EngineError if the file is no whole zip archive.
 */
export async function openWheel(path: string): Promise<TensorflowSource> {
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (cause) {
    throw damaged(path, cause);
  }
  let entries: Map<string, yauzl.Entry>;
  try {
    entries = await entriesOf(zip);
  } catch (cause) {
    zip.close();
    throw damaged(path, cause);
  }
  const libraries = new Map<string, number>();
  for (const name of libraryNames) {
    const entry = entries.get(`${libraryFolder}${name}`);
    if (entry !== undefined) libraries.set(name, entry.uncompressedSize);
  }
  /** The bytes of an entry, whose end is an error if they are not those that its checksum is of. */
  async function* contentOf(entry: yauzl.Entry): AsyncGenerator<Buffer> {
    const limit = entry.fileName.startsWith(headerFolder) ? headerLimit : libraryLimit;
    let received = 0;
    try {
      if (entry.uncompressedSize > limit) {
        throw new Error(`${entry.fileName} claims ${String(entry.uncompressedSize)} bytes`);
      }
      const content: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
      for await (const chunk of content) {
        received = crc32(chunk, received);
        yield chunk;
      }
    } catch (cause) {
      throw damaged(path, cause);
    }
    if (received !== entry.crc32) {
      throw damaged(path, new Error(`the CRC-32 of ${entry.fileName} is another one`));
    }
  }
  return {
    label: path,
    libraries,
    readHeader: async (header) => {
      const entry = entries.get(`${headerFolder}${header}`);
      if (entry === undefined) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of contentOf(entry)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    copyLibrary: async (name, to) => {
      const entry = entries.get(`${libraryFolder}${name}`);
      if (entry === undefined) throw installError(`${path} holds no ${name}.`);
      await pipeline(contentOf(entry), createWriteStream(to, { flags: 'wx' }));
    },
    close: () => {
      zip.close();
      return Promise.resolve();
    },
  };
}
