import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Loss, Target } from '../components/loss.js';
import type { Optimizer } from '../components/optimizer.js';
import type { Sample } from '../components/sample.js';
import { centerTarget, imagesFromSamples, targetFromSamples } from '../loading/batch.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { TrainMode } from '../nn/module.js';
import { globalNorm } from '../ops/global-norm.js';
import { clipGradients, type ClipSettings } from '../optim/clip-gradients.js';
import type { Verdict } from './guards/update-guard.js';

/** What one update needs. */
export interface TrainStep {
  readonly model: SegmentationModel;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly mode: TrainMode;
  readonly clip: ClipSettings;
  /** Samples that go through the network at a time. */
  readonly batchSize: number;
}

/** What a step found before its update. */
export interface StepMeasure {
  readonly loss: number;
  /** Norm of all gradients together, before they were clipped. */
  readonly gradientNorm: number;
}

/** Loss of a batch, those of auxiliary heads by their weights included; logits that cover only the image's middle are compared with the target's middle. */
export function lossOf(
  model: SegmentationModel,
  loss: Loss,
  images: Tensor4D,
  target: Target,
  mode: TrainMode,
): tf.Scalar {
  const { logits, auxiliary } = model.forwardAll(images, mode);
  const compare = (scores: Tensor4D): tf.Scalar => {
    const [, height, width] = scores.shape;
    return loss.forward(scores, centerTarget(target, { height, width }));
  };
  return auxiliary.reduce<tf.Scalar>(
    (sum, { logits: scores, weight }) => tf.add(sum, tf.mul(compare(scores), weight)),
    compare(logits),
  );
}

/** Loss and the gradient of every trainable parameter that it depends on and that is not frozen; the caller disposes the tensors. */
export function lossAndGradients(
  model: SegmentationModel,
  computeLoss: () => tf.Scalar,
): { value: tf.Scalar; gradients: tf.NamedTensorMap } {
  const names = new Map<string, string>();
  const variables: tf.Variable[] = [];
  for (const [name, parameter] of model.namedParameters()) {
    if (!parameter.trainable || parameter.frozen) continue;
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

/** The mean loss over samples and its gradients. */
interface BatchGradients {
  /** One scalar per small batch; their sum is the loss. */
  readonly losses: readonly tf.Scalar[];
  readonly gradients: tf.NamedTensorMap;
}

/**
 * Gradients of the mean loss over all samples, taken in small batches one after the other: only one of them has its
 * feature maps in memory at a time. The caller disposes the tensors.
 */
async function accumulateGradients(
  { model, loss, mode, batchSize }: TrainStep,
  samples: readonly Sample[],
): Promise<BatchGradients> {
  const losses: tf.Scalar[] = [];
  let gradients: tf.NamedTensorMap = {};
  for (let start = 0; start < samples.length; start += batchSize) {
    const batch = samples.slice(start, start + batchSize);
    const share = batch.length / samples.length;
    const own = share === 1 ? mode : { ...mode, random: mode.random.fork('batch').fork(start) };
    const earlier = gradients;
    const next = tf.tidy(() => {
      const images = imagesFromSamples(batch);
      const target = targetFromSamples(batch);
      const { value, gradients: added } = lossAndGradients(model, () => {
        const mean = lossOf(model, loss, images, target, own);
        return share === 1 ? mean : tf.mul(mean, share);
      });
      return { value, gradients: start === 0 ? added : sum(earlier, added) };
    });
    tf.dispose(earlier);
    losses.push(next.value);
    gradients = next.gradients;
    // An engine that only records would otherwise hold all small batches in one program.
    if (share !== 1) await next.value.data();
  }
  return { losses, gradients };
}

function sum(a: tf.NamedTensorMap, b: tf.NamedTensorMap): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(b).map(([name, gradient]) => {
      const earlier = a[name];
      return [name, earlier === undefined ? gradient : tf.add(earlier, gradient)];
    }),
  );
}

async function numberOf(tensor: tf.Scalar): Promise<number> {
  const [value = Number.NaN] = await tensor.data();
  return value;
}

/**
 * Computes loss and gradients of a step and, if the judge agrees, updates every trainable parameter that is not frozen.
 * The engine is read once, after everything up to the clipped gradients is known.
 */
export async function trainStep(
  plan: TrainStep,
  samples: readonly Sample[],
  judge: (measured: StepMeasure) => Verdict,
): Promise<StepMeasure & { readonly verdict: Verdict }> {
  const { optimizer, learningRate, clip } = plan;
  const { losses, gradients } = await accumulateGradients(plan, samples);
  const { norm, clipped } = tf.tidy(() => {
    const length = globalNorm(Object.values(gradients));
    return { norm: length, clipped: clipGradients(gradients, length, clip) };
  });
  try {
    const [gradientNorm = Number.NaN, ...parts] = await Promise.all(
      [norm, ...losses].map(numberOf),
    );
    const measured = { loss: parts.reduce((total, part) => total + part, 0), gradientNorm };
    const verdict = judge(measured);
    if (verdict.action === 'update') {
      optimizer.step(new Map(Object.entries(clipped)), learningRate);
    }
    return { ...measured, verdict };
  } finally {
    tf.dispose([norm, [...losses], gradients, clipped]);
  }
}
