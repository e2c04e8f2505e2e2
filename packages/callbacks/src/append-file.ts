import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

import { appendWhole } from './append-whole.js';

/**
 * A text file that grows line by line. Opening keeps what is there and first ends a line that a crash cut short,
 * so that a resumed run never writes into the middle of one.
 */
export class AppendFile {
  readonly path: string;
  /** Whether there was nothing in the file when it was opened. */
  readonly isNew: boolean;
  readonly #descriptor: number;
  #size: number;
  #open = true;

  /** @param path - Its folder is made if need be. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#descriptor = openSync(path, 'a+');
    try {
      this.#size = fstatSync(this.#descriptor).size;
      this.isNew = this.#size === 0;
      if (!this.isNew && !this.#endsLine()) this.append('\n');
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  #endsLine(): boolean {
    const last = Buffer.alloc(1);
    readSync(this.#descriptor, last, 0, 1, this.#size - 1);
    return last.toString() === '\n';
  }

  /** Writes text that ends with a line break, all of it or nothing; it reaches the operating system before this returns. */
  append(text: string): void {
    this.#size = appendWhole(this.#descriptor, this.#size, Buffer.from(text));
  }

  /** Flushes to disk and closes; closing again does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      fsyncSync(this.#descriptor);
    } finally {
      closeSync(this.#descriptor);
    }
  }
}
