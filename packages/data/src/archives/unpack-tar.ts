import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { Parser, type ReadEntry } from 'tar';

import type { EntryHeader, EntryWriter } from './entry-writer.js';
import type { UnpackBudget } from './unpack-budget.js';

const files = new Set(['File', 'OldFile', 'ContiguousFile']);
const folders = new Set(['Directory', 'GNUDumpDir']);

function headerOf({ path, type }: ReadEntry): EntryHeader {
  // Old archives mark folders by a slash alone.
  if (folders.has(type) || (files.has(type) && path.endsWith('/'))) {
    return { name: path, kind: 'folder', type };
  }
  return { name: path, kind: files.has(type) ? 'file' : 'other', type };
}

/**
 * Unpacks a tar archive, compressed by gzip or not.
 * @param total - Bounds everything that decompression gives, headers and padding included.
 * @throws an error if the archive is damaged or the writer refuses an entry.
 */
export async function unpackTar(
  path: string,
  gzip: boolean,
  writer: EntryWriter,
  total: UnpackBudget,
): Promise<void> {
  const sink = new TarSink(writer);
  const source = createReadStream(path, { highWaterMark: 2 ** 18 });
  // Compression is ours, so that what comes out of it is counted. Errors reach the loop through the last stream.
  const stream = gzip ? pipeline(source, createGunzip(), () => undefined) : source;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      total.addBytes(chunk.length);
      await sink.write(chunk);
    }
    await sink.end();
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    source.destroy();
  }
}

/** Takes the bytes of a tar and hands its entries to a writer, one after the other. */
class TarSink {
  // Strict makes errors of warnings.
  readonly #parser = new Parser({ strict: true });
  readonly #ended: Promise<void>;
  #writing: Promise<unknown> = Promise.resolve();
  #current: ReadEntry | undefined;
  #failure: Error | undefined;
  #over = false;
  #wake: () => void = () => undefined;

  constructor(writer: EntryWriter) {
    this.#ended = new Promise((resolve) => {
      this.#parser.on('end', resolve);
      this.#parser.on('error', (error: Error) => {
        this.#fail(error);
        resolve();
      });
    });
    this.#parser.on('eof', () => {
      this.#over = true;
    });
    this.#parser.on('drain', () => {
      this.#wake();
    });
    this.#parser.on('entry', (entry: ReadEntry) => {
      this.#current = entry;
      // An empty entry is over before it is written: one after the other, so that few files are open at a time.
      this.#writing = this.#writing
        .then(async () => {
          if (this.#failure === undefined) await write(entry, writer);
          else entry.resume();
        })
        .catch((error: unknown) => {
          this.#fail(error);
          // The parser waits for every entry's end.
          entry.resume();
        });
    });
  }

  /** Waits until there is room for more. */
  async write(chunk: Buffer): Promise<void> {
    this.#throwFailure();
    // The parser would gather whatever follows the end.
    if (this.#over) return;
    if (!this.#parser.write(chunk) && this.#failure === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#throwFailure();
  }

  async end(): Promise<void> {
    this.#parser.end();
    await this.#ended;
    this.#throwFailure();
    await this.#writing;
    this.#throwFailure();
    if (!this.#over) throw new Error('it ends without the mark of an end');
  }

  /** Ends the entry that waits for bytes, and waits until no file is open. */
  async abort(): Promise<void> {
    this.#fail(new Error('the archive is not read to its end'));
    this.#current?.end();
    await this.#writing;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

async function write(entry: ReadEntry, writer: EntryWriter): Promise<void> {
  const header = headerOf(entry);
  const place = writer.place(header);
  if (place === undefined) entry.resume();
  else if (header.kind === 'folder') {
    entry.resume();
    await writer.makeFolder(place);
  } else await writer.writeFile(place, entry);
}
