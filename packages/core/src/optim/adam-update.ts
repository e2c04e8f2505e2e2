import * as tf from '@tensorflow/tfjs-core';

import { hasEngineKernel, runEngineKernel } from '../ops/engine-kernel.js';
import type { NextValues, Update } from './slot-optimizer.js';

/** Adam's running averages, by PyTorch's names. */
export type AdamSlot = 'exp_avg' | 'exp_avg_sq';

/** Adam's constants. */
export interface AdamConstants {
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/** Tensors per kernel call at most; an engine numbers a kernel's outputs, three of each. */
const mostTogether = 512;

/**
 * Adam's update: `m += (1 - b1) * (g - m)`, `v = b2 * v + (1 - b2) * g^2`,
 * `p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)`. The operations come in PyTorch's order, so that
 * the roundings agree; the bias corrections are scalars.
 * @see https://arxiv.org/abs/1412.6980
 */
export function adamUpdates(
  updates: readonly Update<AdamSlot>[],
  constants: AdamConstants,
): readonly NextValues<AdamSlot>[] {
  if (!hasEngineKernel('AdamUpdate')) return updates.map((update) => composed(update, constants));
  const next = new Map<Update<AdamSlot>, NextValues<AdamSlot>>();
  for (const alike of alikeUpdates(updates)) {
    fused(alike, constants).forEach((values, i) => next.set(alike[i] as Update<AdamSlot>, values));
  }
  return updates.map((update) => next.get(update) as NextValues<AdamSlot>);
}

function biasCorrections(
  { step, learningRate }: Update<AdamSlot>,
  { betas: [beta1, beta2] }: AdamConstants,
): { stepSize: number; correction: number } {
  return {
    stepSize: learningRate / (1 - beta1 ** step),
    correction: Math.sqrt(1 - beta2 ** step),
  };
}

function composed(update: Update<AdamSlot>, constants: AdamConstants): NextValues<AdamSlot> {
  const { value, gradient, slots } = update;
  const {
    betas: [beta1, beta2],
    eps,
  } = constants;
  const { stepSize, correction } = biasCorrections(update, constants);
  const mean = tf.add(slots.exp_avg, tf.mul(tf.sub(gradient, slots.exp_avg), 1 - beta1));
  const square = tf.add(
    tf.mul(slots.exp_avg_sq, beta2),
    tf.mul(tf.mul(gradient, 1 - beta2), gradient),
  );
  const denominator = tf.add(tf.div(tf.sqrt(square), correction), eps);
  return {
    value: tf.sub(value, tf.div(tf.mul(mean, stepSize), denominator)),
    slots: { exp_avg: mean, exp_avg_sq: square },
  };
}

/** Updates of the same step and rate, in groups of a bounded size. */
function alikeUpdates(updates: readonly Update<AdamSlot>[]): readonly Update<AdamSlot>[][] {
  const groups: Update<AdamSlot>[][] = [];
  const open = new Map<string, Update<AdamSlot>[]>();
  for (const update of updates) {
    const key = `${String(update.step)} ${String(update.learningRate)}`;
    let group = open.get(key);
    if (group === undefined || group.length === mostTogether) {
      group = [];
      groups.push(group);
      open.set(key, group);
    }
    group.push(update);
  }
  return groups;
}

/** By one call of the engine's kernel: the calls of hundreds of small ones would cost more than the numbers. */
function fused(
  updates: readonly Update<AdamSlot>[],
  constants: AdamConstants,
): readonly NextValues<AdamSlot>[] {
  const [first] = updates;
  if (first === undefined) return [];
  const { stepSize, correction } = biasCorrections(first, constants);
  const inputs: Record<string, tf.Tensor> = {
    stepSize: tf.scalar(stepSize),
    correction: tf.scalar(correction),
  };
  updates.forEach(({ value, gradient, slots }, i) => {
    inputs[`value${String(i)}`] = value;
    inputs[`gradient${String(i)}`] = gradient;
    inputs[`mean${String(i)}`] = slots.exp_avg;
    inputs[`square${String(i)}`] = slots.exp_avg_sq;
  });
  const { betas, eps } = constants;
  const attributes = { count: updates.length, beta1: betas[0], beta2: betas[1], eps };
  const outputs = runEngineKernel('AdamUpdate', inputs, attributes) ?? [];
  return updates.map((_, i) => {
    const [value, mean, square] = outputs.slice(3 * i, 3 * i + 3) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return { value, slots: { exp_avg: mean, exp_avg_sq: square } };
  });
}
