import { existsSync, readFileSync, rmSync } from 'node:fs';

import { TrainingError } from '@segkit/core';
import { stringify } from 'csv-stringify/sync';

import { AppendFile } from './append-file.js';

/** Rows of numbers and names under fixed columns, appended to a CSV file. */
export class CsvTable {
  readonly #file: AppendFile;
  readonly #columns: readonly string[];

  /**
   * @param columns - The header; a file that exists must have the same.
   * @throws TrainingError if it has another.
   */
  constructor(path: string, columns: readonly string[]) {
    const header = stringify([columns]);
    const content = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const [existing = ''] = content.split('\n', 1);
    // A crash may have cut the header short.
    const isCut = !content.includes('\n') && header.startsWith(content);
    if (isCut) rmSync(path, { force: true });
    else if (`${existing}\n` !== header) {
      throw new TrainingError(
        `csv-log: ${path} has the columns ${existing}, but the run writes ${header.trimEnd()}; ` +
          'move the file away or resume with the metrics it was started with.',
      );
    }
    this.#columns = columns;
    this.#file = new AppendFile(path);
    if (!this.#file.isNew) return;
    try {
      this.#file.append(header);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /**
   * Appends a row; columns without a value stay empty. NaN and infinities are written as `NaN`, `Infinity`,
   * `-Infinity`.
   * @throws TrainingError if a value belongs to no column; the others are written before.
   */
  write(row: Readonly<Record<string, number | string>>): void {
    this.#file.append(stringify([this.#columns.map((column) => row[column])]));
    const extra = Object.keys(row).find((name) => !this.#columns.includes(name));
    if (extra === undefined) return;
    throw new TrainingError(
      `csv-log: "${extra}" is no column of ${this.#file.path}; ` +
        'a metric must compute the same names at every validation.',
    );
  }

  /** Flushes to disk and closes. */
  close(): void {
    this.#file.close();
  }
}
