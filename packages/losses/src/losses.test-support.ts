import { readFileSync } from 'node:fs';

import {
  createApp,
  silentLogger,
  type LabelSchema,
  type Loss,
  type Spec,
  type Target,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

import { losses } from './index.js';

/** A label schema of this many classes. */
export function schemaOf(classes: number, ignoreIndex = 255): LabelSchema {
  const names = Array.from({ length: classes }, (_, index) => ({
    name: `class ${String(index)}`,
    color: [index, index, index] as const,
    values: [index],
  }));
  return { classes: names, ignoreIndex, ignoreValues: [ignoreIndex] };
}

/** The registry of an app with this package's losses. */
export const { registry } = createApp({ plugins: losses, logger: silentLogger });

/** Makes a loss from a config value, validation included. */
export function createLoss(spec: Spec<'loss'>, labels: LabelSchema): Loss {
  return registry.create('loss', registry.spec('loss').parse(spec), { labels });
}

/** Value and gradient with respect to the logits, as plain numbers. */
export function valueAndGradient(
  loss: Loss,
  logits: Tensor4D,
  target: Target,
): { readonly value: number; readonly gradient: Float32Array } {
  return tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss.forward(x as Tensor4D, target))(
      logits,
    );
    return { value: value.dataSync()[0] as number, gradient: grad.dataSync<'float32'>() };
  });
}

/** Labels of one row of pixels per image. */
export function labelsTensor(labels: readonly number[], shape: [number, number, number]): Tensor3D {
  return tf.tensor3d([...labels], shape, 'int32');
}

/** Reads a fixture that a script of `oracles/` made. */
export function readFixture(name: string): unknown {
  const url = new URL(`../../../oracles/fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}
