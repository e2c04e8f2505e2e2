import type { Spec, Target } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import {
  createLoss,
  labelsTensor,
  readFixture,
  schemaOf,
  valueAndGradient,
} from './losses.test-support.js';

type LabelsName = 'labels' | 'ignoredLabels' | 'oneClassLabels';
type LogitsName = 'logits' | 'binaryLogits';

type Inputs = { readonly classes: number; readonly weights: readonly number[] } & Readonly<
  Record<LabelsName | LogitsName, readonly number[]>
>;

interface Case {
  readonly spec: Exclude<Spec<'loss'>, string>;
  readonly inputs: string;
  readonly labels: LabelsName;
  readonly logits: LogitsName;
  readonly value: number;
  readonly gradient: readonly number[];
}

/** Made by oracles/losses.py. */
const fixture = readFixture('losses') as {
  readonly shape: [number, number, number];
  readonly inputs: Readonly<Record<string, Inputs>>;
  readonly cases: readonly Case[];
};

describe('losses equal PyTorch in value and gradient', () => {
  it.each(
    fixture.cases.map(
      (entry) =>
        [`${JSON.stringify(entry.spec)} on ${entry.inputs} ${entry.labels}`, entry] as const,
    ),
  )('%s', (_, { spec, inputs, labels, logits, value, gradient }) => {
    const given = fixture.inputs[inputs] as Inputs;
    const loss = createLoss(spec, schemaOf(given.classes));
    const x: Tensor4D = tf.tensor4d(
      [...given[logits]],
      [...fixture.shape, loss.outChannels(given.classes)],
    );
    const target: Target = {
      labels: labelsTensor(given[labels], fixture.shape),
      weights: tf.tensor3d([...given.weights], fixture.shape),
    };
    const result = valueAndGradient(loss, x, target);
    expect([result.value]).toBeAllClose([value], { rtol: 1e-5 });
    expect(result.gradient).toBeAllClose(gradient, { rtol: 1e-4, atol: 1e-7 });
  });
});
