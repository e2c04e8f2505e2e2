import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { Header, Pax } from 'tar';

const block = 512;

/** How tars are written. */
export interface TarWriterOptions {
  readonly folder: string;
  /** The tars are named by it and a number: `train` gives `train-000000.tar`. */
  readonly prefix: string;
  /** A tar that has so many bytes is followed by the next. */
  readonly bytes: number;
}

/** Writes samples into tars, all files of a sample into the same one. Equal samples give equal tars. */
export class TarWriter {
  readonly #options: TarWriterOptions;
  readonly #names: string[] = [];
  #file: FileHandle | undefined;
  #written = 0;

  constructor(options: TarWriterOptions) {
    this.#options = options;
  }

  /** Names of the tars so far. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** @param parts - Contents by name. */
  async add(parts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    if (this.#written >= this.#options.bytes) await this.#endTar();
    this.#file ??= await this.#openNext();
    for (const [path, content] of parts) {
      await this.#append(headerOf(path, content.length));
      await this.#append(content);
      await this.#append(new Uint8Array((block - (content.length % block)) % block));
    }
  }

  /** Ends the last tar. */
  async close(): Promise<void> {
    if (this.#file !== undefined) await this.#endTar();
  }

  async #openNext(): Promise<FileHandle> {
    const { folder, prefix } = this.#options;
    const name = `${prefix}-${String(this.#names.length).padStart(6, '0')}.tar`;
    this.#names.push(name);
    return open(join(folder, name), 'wx');
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#file?.appendFile(bytes);
    this.#written += bytes.length;
  }

  async #endTar(): Promise<void> {
    // Two empty blocks mark the end.
    await this.#append(new Uint8Array(2 * block));
    await this.#file?.close();
    this.#file = undefined;
    this.#written = 0;
  }
}

function headerOf(path: string, size: number): Buffer {
  const fields = { path, size, mode: 0o644, uid: 0, gid: 0, type: 'File' as const };
  const header = new Header({ ...fields, mtime: new Date(0) });
  const needsMore = header.encode();
  const encoded = header.block ?? Buffer.alloc(0);
  // Names that are long or not ASCII stand in a header of their own before.
  return needsMore ? Buffer.concat([new Pax({ path, size }).encode(), encoded]) : encoded;
}
