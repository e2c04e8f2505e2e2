import { DataError } from '@segkit/core';

/** How much an archive may hold. */
export interface UnpackLimits {
  /** Bytes of all files together. */
  readonly bytes: number;
  /** Entries, folders included. */
  readonly entries: number;
  /** Unpacked bytes by one byte of the archive; counted from 16 MiB on. Default 200. */
  readonly ratio?: number;
}

/** So little may be compressed however well. */
const always = 16 * 2 ** 20;

/** Counts what an archive turns into, and stops it before the disk is full. */
export class UnpackBudget {
  readonly #where: string;
  readonly #limits: UnpackLimits;
  readonly #ratioBytes: number;
  #bytes = 0;
  #entries = 0;

  /**
   * @param where - Names the archive in errors.
   * @param archiveBytes - Its length.
   */
  constructor(where: string, limits: UnpackLimits, archiveBytes: number) {
    this.#where = where;
    this.#limits = limits;
    this.#ratioBytes = Math.max(always, (limits.ratio ?? 200) * archiveBytes);
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws DataError if there are too many entries. */
  addEntry(): void {
    this.#entries += 1;
    const { entries } = this.#limits;
    if (this.#entries > entries) this.#refuse(`at most ${String(entries)} entries`, 'more');
  }

  /** @throws DataError if there are too many bytes, or too many for the archive's length. */
  addBytes(count: number): void {
    this.#bytes += count;
    const { bytes } = this.#limits;
    if (this.#bytes > bytes) this.#refuse(`at most ${String(bytes)} bytes`, 'more');
    if (this.#bytes > this.#ratioBytes) {
      this.#refuse(
        `at most ${String(this.#limits.ratio ?? 200)} bytes for each of its own`,
        'more',
      );
    }
  }

  #refuse(expected: string, found: string): never {
    throw new DataError(
      `${this.#where}: expected ${expected} when unpacked, found ${found}; it is not the data set, so nothing of it was kept.`,
    );
  }
}
