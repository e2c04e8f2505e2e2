import type { Box } from '../tensor/box.js';
import type { Raster } from '../tensor/raster.js';
import type { Size } from '../tensor/size.js';
import type { Inspector } from './inspection.js';
import type { LabelSchema } from './label-schema.js';
import type { Sample } from './sample.js';

/** A sample's rasters before they are numbers to train on: bytes of files, or of a cache. All share one size. */
export interface StoredSample {
  readonly id: string;
  readonly image: Raster;
  /** What stands for labels, and for object ids if there are any. */
  readonly labels?: Raster;
  readonly instances?: Raster;
  readonly weights?: Raster;
  readonly target?: Raster;
}

/** A sample that is decoded, and not converted yet. What may be wrong with its files was found before. */
export interface DecodedSample {
  readonly stored: StoredSample;
  /**
   * Makes the sample pixel by pixel, in memory that nobody else holds.
   * @param stored - The one above, or what is left of it when pixels were moved or cut off.
   */
  readonly convert: (stored: StoredSample) => Sample;
}

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
  /**
   * What `prepare` found, as a value that another thread can be sent; `restore` there stands for `prepare`. Without it
   * every loader thread prepares the data set itself.
   */
  state?(): unknown;
  /** Takes what `state` gave in another thread, where the same options made this data set. */
  restore?(state: unknown): void;
  /** Names a sample without loading it, for messages about samples that cannot be loaded. */
  nameOf?(index: number): string;
  /**
   * A text that changes whenever `load(index)` would give something else: names, sizes and times of the files. Without it
   * samples are not cached on disk.
   */
  fingerprint?(index: number): Promise<string>;
  /**
   * The size of a sample of which parts can be read without decoding all of it, if it is so large that this is worth it.
   * Training then reads only what its first transform cuts out, by `loadRegion`.
   */
  largeSize?(index: number): Promise<Size | undefined>;
  /** Loads a part of a sample: what a crop of `load(index)` would give, for samples that have a `largeSize`. */
  loadRegion?(index: number, box: Box): Promise<Sample>;
  /**
   * Decodes one sample; converted, it is what `load` gives. Of samples that are not cached, training then moves and crops
   * the bytes, and converts what is left, which is much less.
   */
  decode?(index: number): Promise<DecodedSample>;
}

/** What a data set's factory is told. */
export interface DatasetArguments {
  readonly labels: LabelSchema;
  /** Relative paths in options start here: the config file's folder. */
  readonly baseFolder: string;
  /** Whether the caller keeps what was loaded, so that the data set need not. Default: no. */
  readonly cached?: boolean;
  /**
   * What `prepare` does about files that cannot be read: `fail` (default), or `skip` them, for the loader puts another
   * sample in their place.
   */
  readonly onUnreadable?: 'fail' | 'skip';
}

/** Options of every data set by name; plugins merge theirs in. */
export interface DatasetOptions {}
