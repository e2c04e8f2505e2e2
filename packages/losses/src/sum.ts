import { ConfigError, defineLoss, type Loss, type ResolvedSpec, type Spec } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import * as z from 'zod';

/** One part of a weighted sum. */
export interface SumPart {
  /** Factor of this part. Default 1. */
  readonly weight?: number;
  readonly loss: Spec<'loss'>;
}

/** Options of `sum`. */
export interface SumOptions {
  readonly losses: readonly SumPart[];
}

declare module '@segkit/core' {
  interface LossOptions {
    sum: SumOptions;
  }
}

interface WeightedLoss {
  readonly name: string;
  readonly weight: number;
  readonly loss: Loss;
}

function reject(path: string, message: string): never {
  throw new ConfigError(`${path}.losses: ${message}.`, [{ path: `${path}.losses`, message }]);
}

/** All parts must read the same logits in the same way. */
function expectSameOutput(parts: readonly WeightedLoss[], classes: number, path: string): Loss {
  const [first, ...others] = parts;
  if (first === undefined) return reject(path, 'expected at least one loss, received none');
  const output = ({ name, loss }: WeightedLoss): string =>
    `"${name}" reads ${String(loss.outChannels(classes))} ${loss.activation} channels`;
  for (const other of others) {
    const same =
      other.loss.activation === first.loss.activation &&
      other.loss.outChannels(classes) === first.loss.outChannels(classes);
    if (!same) {
      reject(
        path,
        `expected losses that read the same logits, but ${output(first)} and ${output(other)}; ` +
          'set their "activation" alike or leave one out',
      );
    }
  }
  return first.loss;
}

/** The weight map of the one part that makes one, if any. */
function weightMapOf(parts: readonly WeightedLoss[], path: string): Pick<Loss, 'weightMap'> {
  const makers = parts.filter(({ loss }) => loss.weightMap !== undefined);
  if (makers.length > 1) {
    const names = makers.map(({ name }) => `"${name}"`).join(', ');
    reject(path, `expected at most one loss that makes a weight map, received ${names}`);
  }
  const maker = makers[0]?.loss;
  const weightMap = maker?.weightMap?.bind(maker);
  return weightMap === undefined ? {} : { weightMap };
}

/**
 * Weighted sum of losses: `sum_k weight_k * loss_k`. All parts must have the same activation and number of channels,
 * and at most one may make a weight map.
 * @example
 * `{ name: 'sum', losses: [{ loss: 'ce' }, { weight: 0.5, loss: { name: 'dice', smooth: 0 } }] }`
 */
export const weightedSum = defineLoss({
  name: 'sum',
  description: 'Weighted sum of other losses.',
  options: ({ component }) =>
    z.strictObject({
      losses: z
        .array(
          z.strictObject({
            weight: z.number().default(1).describe('Factor of this part.'),
            loss: component('loss').describe('Any loss, by name or with options.'),
          }),
        )
        .min(1)
        .describe('The parts; all must read the same logits.'),
    }),
  create: ({ losses }: { losses: { weight: number; loss: ResolvedSpec }[] }, context) => {
    const { labels, path } = context;
    const parts = losses.map(({ weight, loss: spec }, index) => ({
      name: spec.name,
      weight,
      loss: context.create('loss', spec, { labels }, `losses.${index}.loss`),
    }));
    const first = expectSameOutput(parts, labels.classes.length, path);
    return {
      activation: first.activation,
      outChannels: (classes) => first.outChannels(classes),
      forward: (logits, target) =>
        tf.tidy(() =>
          tf.addN(
            parts.map(({ weight, loss }) => tf.mul<Scalar>(loss.forward(logits, target), weight)),
          ),
        ),
      ...weightMapOf(parts, path),
    };
  },
});
