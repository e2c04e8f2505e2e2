import { join } from 'node:path';

import { type Callback, defineCallback, type Step, type Validation } from '@segkit/core';
import * as z from 'zod';

import { CsvTable } from './csv-table.js';

const options = z.strictObject({
  every: z.number().int().positive().default(1).describe('Write every so manyth step.'),
});

/** Options of the callback `csv-log`. */
export type CsvLogOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    'csv-log': CsvLogOptions;
  }
}

function stepRow({ step, epoch, loss, learningRate, seconds, dataSeconds, imagesPerSecond }: Step) {
  return { step, epoch, loss, learningRate, seconds, dataSeconds, imagesPerSecond };
}

function validationRow({ step, epoch, loss, seconds, metrics }: Validation) {
  return { step, epoch, loss, seconds, ...metrics };
}

/**
 * Writes tables into the run's folder, each with one kind of row, as pandas and spreadsheets like them:
 *
 * - `steps.csv`: `step, epoch, loss, learningRate, seconds, dataSeconds, imagesPerSecond`;
 * - `validations.csv`: `step, epoch, loss, seconds` and a column per metric, fixed by the first validation;
 * - `measurements.csv`: `step, name, value`, what callbacks such as `system-stats` report.
 *
 * A resumed run goes on in the same files; where it repeats steps, the later row counts. Does nothing in a run
 * without a folder. An error becomes a warning event; training goes on.
 */
export const csvLog = defineCallback({
  name: 'csv-log',
  description: 'Writes steps.csv, validations.csv and measurements.csv into the run folder.',
  options,
  create: ({ every }): Callback => {
    const tables = new Map<string, CsvTable>();
    const write = (path: string, row: Readonly<Record<string, number | string>>): void => {
      const table = tables.get(path) ?? new CsvTable(path, Object.keys(row));
      tables.set(path, table);
      table.write(row);
    };
    return {
      // A log that cannot be written is no reason to lose hours of training.
      onError: 'warn',
      handle: (event, { folder }) => {
        if (folder === null) return;
        if (event.type === 'step' && event.step % every === 0) {
          write(join(folder, 'steps.csv'), stepRow(event));
        } else if (event.type === 'validation') {
          write(join(folder, 'validations.csv'), validationRow(event));
        } else if (event.type === 'measurement') {
          const { step, values } = event;
          for (const [name, value] of Object.entries(values)) {
            write(join(folder, 'measurements.csv'), { step, name, value });
          }
        }
      },
      close: () => {
        const open = [...tables.values()];
        tables.clear();
        for (const table of open) table.close();
      },
    };
  },
});
