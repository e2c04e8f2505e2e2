import { Writable } from 'node:stream';

/** For tests: a stream that remembers what was written, on a terminal or not. */
export class FakeStream extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  #text = '';

  constructor({ isTTY = false, columns = 120 } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  /** Everything written so far. */
  get text(): string {
    return this.#text;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#text += chunk.toString();
    done();
  }
}
