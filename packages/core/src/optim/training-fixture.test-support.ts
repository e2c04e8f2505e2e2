import { readFileSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs-core';

import { constant } from '../nn/initializers.js';
import { Parameter } from '../nn/parameter.js';
import type { Values } from './optimizer-fixture.test-support.js';

interface TrainingFixture {
  readonly shapes: Values;
  readonly clipping: readonly {
    readonly options: { readonly clipNorm?: number; readonly clipValue?: number };
    readonly gradients: Values;
    readonly norm: number;
    readonly clipped: Values;
  }[];
  readonly groups: {
    readonly initial: Values;
    readonly gradients: readonly Values[];
    readonly cases: readonly {
      readonly name: string;
      readonly options: { readonly learningRate: number };
      readonly trajectory: readonly Values[];
    }[];
  };
  readonly averages: {
    readonly decay: number;
    readonly steps: readonly { readonly weights: Values; readonly average: Values }[];
  };
}

/** For tests: `oracles/fixtures/training.json`, made by `oracles/training.py`. */
export const trainingFixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/training.json', import.meta.url), 'utf8'),
) as TrainingFixture;

const shapeOf = (name: string): number[] => [...(trainingFixture.shapes[name] ?? [])];

/** For tests: tensors of the fixture's shapes. */
export function tensorsOf(values: Values): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name, tf.tensor([...data], shapeOf(name))]),
  );
}

/** For tests: parameters of the fixture's shapes. */
export function parametersOf(values: Values): Map<string, Parameter> {
  return new Map(
    Object.entries(values).map(([name, data]) => {
      const parameter = new Parameter({ shape: shapeOf(name), initializer: constant(0) });
      parameter.assign(Float32Array.from(data));
      return [name, parameter];
    }),
  );
}
