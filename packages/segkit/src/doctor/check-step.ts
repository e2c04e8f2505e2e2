import { evalMode, randomStream, type App, type Mode, type Parameter } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

import { openNetwork, type OpenedNetwork, type TrialNetwork } from './open-network.js';
import stored from './reference-steps.json';

/** The largest absolute value and the Euclidean norm of a tensor, and evenly spaced entries in PyTorch's layout. */
interface Sample {
  readonly largest: number;
  readonly norm: number;
  readonly values: readonly number[];
}

/** A training step as PyTorch made it in double precision (`oracles/engine_check.py`). */
export interface ReferenceStep {
  /** `[batch, channels, height, width]`. */
  readonly image: readonly number[];
  readonly classes: number;
  /** Whether batch normalisation uses the batch's statistics. */
  readonly training: boolean;
  readonly gain: number;
  readonly loss: number;
  readonly logits: Sample;
  readonly gradients: Readonly<Record<string, Sample>>;
}

/** How far an engine's training step is from the reference. */
export interface StepCheck {
  readonly network: string;
  /** Largest error of any entry, relative to the largest entry of its tensor. NaN if a value is none. */
  readonly error: number;
  /** The tensor with that error. */
  readonly worst: string;
}

/**
 * What still counts as right. PyTorch's own single precision is off by 6e-6; TF32, in which GPUs multiply, keeps ten bits of a
 * mantissa instead of 23, which is 2^-11 = 5e-4 a product and some times that after ten layers; a wrong kernel is off by a
 * tenth and more.
 */
export const tolerance = 5e-3;

/** Whether a step is within the tolerance. */
export function isRight({ error }: StepCheck): boolean {
  return error <= tolerance;
}

const networks: Readonly<Record<keyof typeof stored, TrialNetwork>> = {
  unet: {
    model: {
      backbone: { name: 'cbr', width: 4, depth: 2 },
      center: 'cbr',
      decoder: { name: 'unet', merge: { name: 'concat', align: 'resize' } },
    },
    loss: 'ce',
    classes: 3,
    channels: 3,
  },
  'd-linknet': {
    model: {
      backbone: {
        name: 'resnet18',
        taps: ['layer1', 'layer2', 'layer3', 'layer4'],
        width: 4,
      },
      center: 'dilated',
      decoder: { name: 'linknet', reluAfterMerge: false, lastBlock: true, normEps: 1e-5 },
      head: { name: 'd-linknet', width: 3 },
    },
    loss: 'bce',
    classes: 2,
    channels: 3,
  },
};

/** Makes both reference steps on the engine that runs. */
export async function checkSteps(app: App): Promise<readonly StepCheck[]> {
  const checks: StepCheck[] = [];
  for (const network of ['unet', 'd-linknet'] as const) {
    checks.push(await checkStep(network, openNetwork(app, networks[network]), stored[network]));
  }
  return checks;
}

async function checkStep(
  network: string,
  { model, loss, parameters }: OpenedNetwork,
  expected: ReferenceStep,
): Promise<StepCheck> {
  for (const [name, parameter] of model.namedParameters()) fill(name, parameter, expected.gain);
  const { image, labels } = batchOf(expected);
  const mode: Mode = expected.training ? { training: true, random: randomStream(0) } : evalMode;
  const kept: { logits?: tf.Tensor } = {};
  const { value, grads } = tf.variableGrads(
    () => {
      const logits = model.forward(image, mode);
      kept.logits = tf.keep(tf.transpose(logits, [0, 3, 1, 2]));
      return loss.forward(logits, { labels });
    },
    [...parameters.values()].map((parameter) => parameter.value),
  );
  const errors = new Errors();
  const [number = Number.NaN] = await value.data();
  errors.add('loss', Math.abs(number - expected.loss) / Math.abs(expected.loss));
  if (kept.logits) errors.compare('logits', await kept.logits.data(), expected.logits);
  // A gradient that cancels to almost nothing is measured against the largest of all.
  const least = 1e-3 * Math.max(...Object.values(expected.gradients).map(({ largest }) => largest));
  for (const [name, sample] of Object.entries(expected.gradients)) {
    const received = await gradientOf(name, parameters, grads);
    errors.compare(name, received, sample, least);
  }
  tf.dispose([value, image, labels, kept, grads]);
  model.dispose();
  return { network, ...errors.largest() };
}

/** A gradient in PyTorch's layout. */
async function gradientOf(
  name: string,
  parameters: ReadonlyMap<string, Parameter>,
  gradients: tf.NamedTensorMap,
): Promise<ArrayLike<number>> {
  const parameter = parameters.get(name);
  const gradient = parameter && gradients[parameter.value.name];
  if (parameter === undefined || gradient === undefined) return [];
  const turned = tf.transpose(gradient, [...parameter.torchAxes]);
  const values = await turned.data();
  turned.dispose();
  return values;
}

/** Collects errors and remembers the largest; one that is not a number counts as larger than all. */
class Errors {
  #error = 0;
  #worst = 'loss';

  add(name: string, error: number): void {
    if (error <= this.#error || Number.isNaN(this.#error)) return;
    this.#error = error;
    this.#worst = name;
  }

  /** Compares the kept entries and the norm of a whole tensor. */
  compare(name: string, received: ArrayLike<number>, sample: Sample, least = 0): void {
    const flat = Array.from(received);
    const step = Math.max(1, Math.floor(flat.length / keptOf(name)));
    const scale = Math.max(sample.largest, least);
    for (const [i, value] of sample.values.entries()) {
      this.add(name, Math.abs((flat[i * step] ?? Number.NaN) - value) / scale);
    }
    const norm = Math.hypot(...flat);
    this.add(name, Math.abs(norm - sample.norm) / Math.max(sample.norm, least));
  }

  largest(): { readonly error: number; readonly worst: string } {
    return { error: this.#error, worst: this.#worst };
  }
}

/** Entries that `oracles/engine_check.py` keeps of a tensor, at least. */
function keptOf(name: string): number {
  return name === 'logits' ? 24 : 8;
}

/** `pattern` of `oracles/networks.py`: `sin(phase + 1.7 i + 0.01 i^1.5)`, the phase a hash of the name. */
function pattern(name: string, count: number): Float32Array {
  const phase =
    Array.from(name).reduce((sum, letter, k) => sum + (k + 1) * letter.charCodeAt(0), 0) % 1000;
  return Float32Array.from({ length: count }, (_, i) =>
    Math.sin(phase + 1.7 * i + 0.01 * i ** 1.5),
  );
}

/** `fill` of `oracles/networks.py`: filters of variance `gain / 2 / fanIn`, statistics and scales off their defaults. */
function fill(name: string, parameter: Parameter, gain: number): void {
  const shape = parameter.torchAxes.map((axis) => parameter.shape[axis] ?? 0);
  const [outputs = 1] = shape;
  const values = pattern(name, parameter.size).map((wave) => {
    if (shape.length === 4) return wave * Math.sqrt((gain * outputs) / parameter.size);
    if (name.endsWith('running_var')) return 1 + 0.4 * wave;
    return name.endsWith('weight') ? 1 + 0.3 * wave : 0.2 * wave;
  });
  parameter.fromTorch(name, shape, values);
}

/** Image `[batch, height, width, channels]` and labels `[batch, height, width]`, as `oracles/engine_check.py` makes them. */
function batchOf({ image, classes }: ReferenceStep) {
  const [batch = 0, channels = 0, height = 0, width = 0] = image;
  const shape = [batch, height, width] as const;
  return tf.tidy(() => {
    const pixels = pattern('image', batch * channels * height * width);
    const labels = Int32Array.from(
      { length: batch * height * width },
      (_, i) => ((i % 7) + Math.floor(i / 11)) % classes,
    );
    return {
      image: tf.transpose(tf.tensor4d(pixels, [batch, channels, height, width]), [0, 2, 3, 1]),
      labels: tf.tensor3d(labels, [...shape], 'int32'),
    };
  });
}
