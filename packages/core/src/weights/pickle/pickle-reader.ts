import { CheckpointError } from '../../errors.js';

/** No text or integer of a checkpoint is longer, in bytes. */
const maxTextBytes = 1024 * 1024;
const maxIntegerBytes = 64;

/** Reads a pickle's bytes in order and says where it was when something is wrong. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;
  #position: number;
  /** Where the current operation starts. */
  #operation: number;

  constructor(bytes: Uint8Array, start: number, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
    this.#position = start;
    this.#operation = start;
  }

  /** The next byte that will be read. */
  get position(): number {
    return this.#position;
  }

  /** The code of the next operation. */
  operation(): number {
    this.#operation = this.#position;
    return this.byte();
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Unsigned, 2 bytes. */
  short(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  /** Signed, 4 bytes. */
  int(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** Unsigned, 4 bytes. */
  length(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Unsigned, 8 bytes. */
  longLength(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** 8 bytes, big-endian as pickle has it. */
  double(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** UTF-8. */
  text(length: number): string {
    if (length > maxTextBytes) throw this.error(`a text of ${String(length)} bytes is too long`);
    const start = this.#advance(length);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        this.#bytes.subarray(start, start + length),
      );
    } catch {
      throw this.error('a text is no UTF-8');
    }
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw this.error('a line does not end');
    const text = this.text(end - this.#position);
    this.#position = end + 1;
    return text;
  }

  /** Little-endian, two's complement. A plain number where it is exact. */
  integer(length: number): number | bigint {
    if (length > maxIntegerBytes) {
      throw this.error(`an integer of ${String(length)} bytes is too long`);
    }
    const start = this.#advance(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.#bytes[start + i] as number);
    }
    const signed = BigInt.asIntN(8 * length, value);
    const plain = Number(signed);
    return Number.isSafeInteger(plain) ? plain : signed;
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.length - start) {
      throw this.error(
        `expected ${String(length)} more bytes, it has ${String(this.#bytes.length - start)}`,
      );
    }
    this.#position = start + length;
    return start;
  }

  /** What is wrong with the current operation. */
  error(
    problem: string,
    fix = 'the file is truncated, damaged or no checkpoint of PyTorch',
  ): CheckpointError {
    return new CheckpointError(
      `${this.#where}: byte ${String(this.#operation)} of the pickle: ${problem}; ${fix}.`,
    );
  }
}
