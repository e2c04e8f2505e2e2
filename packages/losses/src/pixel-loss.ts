import { DataError, expectShape, type LabelSchema, type Loss, type Target } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';

import { channelClasses, type LabelActivation } from './channel-classes.js';
import { pixelTruth, type PixelTruth } from './valid-pixels.js';

/** What a loss on labels consists of. */
export interface PixelLossParts {
  /** Opens error messages. */
  readonly name: string;
  readonly activation: LabelActivation;
  readonly labels: LabelSchema;
  /** Overrides the label schema's. */
  readonly ignoreIndex: number | undefined;
  /** Scores checked logits; its tensors are disposed by the caller. */
  readonly score: (logits: Tensor4D, pixels: PixelTruth, target: Target) => Scalar;
}

/** Builds a loss that compares logits with labels: checks shapes, masks ignored pixels, frees what it allocated. */
export function pixelLoss({
  name,
  activation,
  labels: schema,
  ignoreIndex = schema.ignoreIndex,
  score,
}: PixelLossParts): Loss {
  const classes = channelClasses(activation, schema.classes.length);
  return {
    activation,
    outChannels: (count) => channelClasses(activation, count).length,
    forward: (logits, target) => {
      const { labels } = target;
      if (labels === undefined) {
        throw new DataError(
          `${name}: target.labels are missing; use a data set with masks, or an image loss such as "l1".`,
        );
      }
      expectShape(logits, [null, null, null, classes.length], `${name}: logits`);
      expectShape(
        labels,
        logits.shape.slice(0, 3),
        `${name}: labels`,
        'labels and logits must cover the same pixels',
      );
      return tf.tidy(() => score(logits, pixelTruth(labels, classes, ignoreIndex), target));
    },
  };
}
