import type { Box, Sample, Size } from '@segkit/core';

import type { MaskCoding } from '../masks/mask-coding.js';
import type { DecodedFiles } from './decoded-files.js';

/** One sample of a data set before it is read. */
export interface SampleEntry {
  readonly id: string;
  /** Names the image in messages. */
  readonly image: string;
  /** Names the mask in messages, if there is one. */
  readonly mask?: string | undefined;
}

/** A sample and what its mask's pixels were. */
export interface LoadedSample {
  readonly sample: Sample;
  /** Pixels of the mask by code; empty without a mask. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Reads parts of samples that are too large to be decoded for a crop. */
export interface LargeSamples<Entry extends SampleEntry> {
  /**
   * The size of such a sample; `undefined` for all others.
   * @throws DataError if the file cannot be read, or its parts do not fit together.
   */
  size(entry: Entry): Promise<Size | undefined>;
  /**
   * Reads what a crop of the loaded sample would be.
   * @throws DataError if the files are damaged there.
   */
  load(entry: Entry, box: Box): Promise<LoadedSample>;
}

/** What one format of data sets differs in from the others. */
export interface SampleSource<Entry extends SampleEntry> {
  /** What the masks' codes mean. */
  readonly coding: MaskCoding;
  /**
   * Finds the samples, without reading their pixels.
   * @param note - Told what is odd but not wrong.
   * @throws DataError if something is missing.
   */
  readonly find: (note: (message: string) => void) => Promise<readonly Entry[]>;
  /**
   * Reads one sample.
   * @throws DataError if that fails, or its parts do not fit together.
   */
  readonly load: (entry: Entry) => Promise<LoadedSample>;
  /**
   * Decodes one sample, for crops of it; left out where that saves nothing.
   * @throws DataError as `load` does.
   */
  readonly decode?: (entry: Entry) => Promise<DecodedFiles>;
  /** Left out where every sample is read whole. */
  readonly large?: LargeSamples<Entry>;
  /** Paths of all files that a sample is read from; lets samples be kept on disk from one run to the next. */
  readonly filesOf?: (entry: Entry) => readonly (string | undefined)[];
}
