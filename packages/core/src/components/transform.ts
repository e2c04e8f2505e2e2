import type { Box } from '../tensor/box.js';
import type { RandomStream } from '../tensor/random-stream.js';
import type { Size } from '../tensor/size.js';
import type { LabelSchema } from './label-schema.js';
import type { Sample } from './sample.js';

/** Changes a sample: image, labels, instances, weights and target together. */
export interface Transform {
  /** @param random - This sample's own stream; the same stream gives the same result. */
  apply(sample: Sample, random: RandomStream): Sample;
  /**
   * Whether every pixel of the result depends on that pixel alone, so that an image may be transformed piece by piece.
   * Default false.
   */
  readonly pointwise?: boolean;
  /**
   * Of a transform that does nothing but cut out a box: the box that `apply` would cut out of a sample of this size, by the
   * same stream. As the first transform of training it lets parts of large images be read alone.
   */
  region?(size: Size, random: RandomStream): Box;
  /**
   * Whether it does nothing but put pixels elsewhere or leave them out, whatever they hold. Such transforms at the start of
   * training are given the rasters of files, of any type of number, before these are converted. Default false.
   */
  readonly moves?: boolean;
}

/** What a transform's factory is told. */
export interface TransformArguments {
  readonly labels: LabelSchema;
}

/** Options of every transform by name; plugins merge theirs in. */
export interface TransformOptions {}
