import type { RandomStream } from '../tensor/random-stream.js';
import type { LabelSchema } from './label-schema.js';
import type { Sample } from './sample.js';

/** Changes a sample: image, labels, instances, weights and target together. */
export interface Transform {
  /** @param random - This sample's own stream; the same stream gives the same result. */
  apply(sample: Sample, random: RandomStream): Sample;
}

/** What a transform's factory is told. */
export interface TransformArguments {
  readonly labels: LabelSchema;
}

/** Options of every transform by name; plugins merge theirs in. */
export interface TransformOptions {}
