import type { Inspector } from './inspection.js';
import type { LabelSchema } from './label-schema.js';
import type { Sample } from './sample.js';

/** A finite, indexed collection of samples. */
export interface Dataset {
  /** Number of samples; valid after `prepare`. */
  readonly length: number;
  /** Channels of every image; valid after `prepare`. */
  readonly channels: number;
  /**
   * Finds the files and checks them all, so that nothing wrong is met in the middle of training.
   * @throws DataError naming the file, what was expected and what was found.
   */
  prepare(): Promise<void>;
  /** Loads one sample; the same index always gives the same sample. */
  load(index: number): Promise<Sample>;
  /**
   * Finds the files, in place of `prepare`, for a look at them that goes on past bad ones (`segkit audit`). Without it an
   * audit calls `prepare` and knows no more than its first errors.
   * @throws DataError if the files cannot be found.
   */
  inspect?(): Promise<Inspector>;
}

/** What a data set's factory is told. */
export interface DatasetArguments {
  readonly labels: LabelSchema;
  /** Relative paths in options start here: the config file's folder. */
  readonly baseFolder: string;
}

/** Options of every data set by name; plugins merge theirs in. */
export interface DatasetOptions {}
