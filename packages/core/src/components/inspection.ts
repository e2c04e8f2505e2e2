import type { Sample } from './sample.js';

/** Why a sample cannot be used. */
export interface SampleProblem {
  /** A file that cannot be decoded, or files that do not fit together. */
  readonly kind: 'unreadable' | 'mismatch';
  /** Names the file, what was expected and what was found. */
  readonly message: string;
}

/** What is wrong with samples as a whole, though each can be read. */
export interface SetProblem {
  /** Images of different channels, mask values outside the classes, or masks from which nothing can be learned. */
  readonly kind: 'channels' | 'values' | 'one-class';
  readonly message: string;
}

/** What reading one sample brought to light, good or bad. */
export interface Inspection {
  readonly id: string;
  /** Absolute paths of the files it is made of, the image first. */
  readonly files: readonly string[];
  /** Missing if there is a problem. */
  readonly sample?: Sample;
  /** Bits per channel of the stored image, if its header can be read. */
  readonly bits?: number;
  /** Pixels by mask code, for codes that mean nothing; codes are written as in a config. */
  readonly unknown?: ReadonlyMap<string, number>;
  readonly problem?: SampleProblem;
}

/** Reads the samples of a data set one by one and goes on past bad ones. */
export interface Inspector {
  /** Number of samples, bad ones included. */
  readonly length: number;
  /** Reads one sample; a bad one is told, not thrown. */
  read(index: number): Promise<Inspection>;
  /** After every sample was read: what `prepare` would refuse about them as a whole. */
  conclude(): readonly SetProblem[];
}
