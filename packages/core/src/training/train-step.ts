import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Loss, Target } from '../components/loss.js';
import type { Optimizer } from '../components/optimizer.js';
import type { Sample } from '../components/sample.js';
import { TrainingError } from '../errors.js';
import { centerTarget, imagesFromSamples, targetFromSamples } from '../loading/batch.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { TrainMode } from '../nn/module.js';

/** What one update needs. */
export interface TrainStep {
  readonly model: SegmentationModel;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly mode: TrainMode;
  /** Counts from 1; named in errors. */
  readonly step: number;
}

/** Loss of a batch; logits that cover only the image's middle are compared with the target's middle. */
export function lossOf(
  model: SegmentationModel,
  loss: Loss,
  images: Tensor4D,
  target: Target,
  mode: TrainMode,
): tf.Scalar {
  const logits = model.forward(images, mode);
  const [, height, width] = logits.shape;
  return loss.forward(logits, centerTarget(target, { height, width }));
}

/** Loss and the gradient of every trainable parameter that it depends on; the caller disposes the tensors. */
export function lossAndGradients(
  model: SegmentationModel,
  computeLoss: () => tf.Scalar,
): { value: tf.Scalar; gradients: tf.NamedTensorMap } {
  const names = new Map<string, string>();
  const variables: tf.Variable[] = [];
  for (const [name, parameter] of model.namedParameters()) {
    if (!parameter.trainable) continue;
    names.set(parameter.value.name, name);
    variables.push(parameter.value);
  }
  const { value, grads } = tf.variableGrads(computeLoss, variables);
  const gradients = Object.entries(grads).map(([variable, gradient]) => [
    names.get(variable) ?? variable,
    gradient,
  ]);
  return { value, gradients: Object.fromEntries(gradients) as tf.NamedTensorMap };
}

/**
 * One update of every trainable parameter.
 * @returns The batch's loss before the update.
 * @throws TrainingError if the loss is not finite; the parameters are then left as they were.
 */
export async function trainStep(plan: TrainStep, samples: readonly Sample[]): Promise<number> {
  const { model, loss, optimizer, learningRate, mode, step } = plan;
  const { value, gradients } = tf.tidy(() => {
    const images = imagesFromSamples(samples);
    const target = targetFromSamples(samples);
    return lossAndGradients(model, () => lossOf(model, loss, images, target, mode));
  });
  try {
    const [lossValue = Number.NaN] = await value.data();
    if (!Number.isFinite(lossValue)) {
      const ids = samples.map(({ id }) => `"${id}"`).join(', ');
      throw new TrainingError(
        `step ${String(step)}: the loss is ${String(lossValue)} at learning rate ${String(learningRate)}, samples ${ids}; ` +
          'the weights were left as they were. Lower optimizer.learningRate, check the images for extreme values, or normalise them.',
      );
    }
    optimizer.step(new Map(Object.entries(gradients)), learningRate);
    return lossValue;
  } finally {
    tf.dispose([value, gradients]);
  }
}
