import * as tf from '@tensorflow/tfjs-core';

import type { Activation } from '../components/loss.js';
import type { Transform } from '../components/transform.js';
import { ShapeError } from '../errors.js';
import { applyTransforms } from '../loading/apply-transforms.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { randomStream } from '../tensor/random-stream.js';
import type { Raster } from '../tensor/raster.js';
import { forwardImage } from './forward-image.js';
import { labelsFromProbabilities, probabilitiesFromLogits } from './labels-from-logits.js';

/** What a network says of one image. */
export interface Prediction {
  /** Class indices, one channel; absent in image-to-image tasks. */
  readonly labels?: Raster<Int32Array>;
  /** Probabilities by class (one channel for a binary sigmoid), or the output image. */
  readonly probabilities: Raster<Float32Array>;
}

/** Applies a trained network to images. */
export interface Predictor {
  readonly model: SegmentationModel;
  /**
   * @param image - `[height, width, inChannels]` float32 in [0, 1], of any size.
   * @returns Rasters of the image's size.
   * @throws ShapeError if the channels differ from the network's.
   */
  predict(image: Raster<Float32Array>, id?: string): Promise<Prediction>;
}

/** Makes a predictor that prepares images by the config's validation transforms. */
export function createPredictor(
  model: SegmentationModel,
  activation: Activation,
  transforms: readonly Transform[],
): Predictor {
  return {
    model,
    predict: async (image, id = 'image') => {
      if (image.channels !== model.inChannels) {
        throw new ShapeError(
          `predict ${id}: the network takes ${String(model.inChannels)} channels, received ${String(image.channels)}; ` +
            'convert the image, or train with the data set\'s "channels" set.',
        );
      }
      const sample = applyTransforms(transforms, { id, image }, randomStream(0));
      const probabilities = await probabilitiesOf(model, sample.image, activation);
      const restored = (sample.restore ?? []).reduce((raster, undo) => undo(raster), probabilities);
      if (activation === 'none') return { probabilities: restored };
      const labels = labelsFromProbabilities(restored.data, restored.channels);
      return { probabilities: restored, labels: { ...restored, channels: 1, data: labels } };
    },
  };
}

/** What a network says of one whole image, of the image's size. */
export async function probabilitiesOf(
  model: SegmentationModel,
  image: Raster<Float32Array>,
  activation: Activation,
): Promise<Raster<Float32Array>> {
  const tensor = tf.tidy(() => probabilitiesFromLogits(forwardImage(model, image), activation));
  try {
    const data = (await tensor.data()) as Float32Array;
    return { height: image.height, width: image.width, channels: tensor.shape[3], data };
  } finally {
    tensor.dispose();
  }
}
