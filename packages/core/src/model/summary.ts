import * as tf from '@tensorflow/tfjs-core';

import type { Config } from '../config/config-schema.js';
import { evalMode, type Module } from '../nn/module.js';
import type { Registry } from '../registry/registry.js';
import type { Size } from '../tensor/size.js';
import { expectAcceptedSize } from './accepted-sizes.js';
import { buildConfigModel } from './build-model.js';
import type { SegmentationModel } from './segmentation-model.js';

/** For which image a network is summarised. */
export interface SummaryOptions extends Size {
  /** Channels of the image. */
  readonly channels: number;
}

/** One layer as the image passes through it. */
export interface LayerSummary {
  /** Dotted name, as in checkpoints. */
  readonly name: string;
  /** Class of the layer, e.g. `Conv2d`. */
  readonly type: string;
  /** `[1, height, width, channels]`. */
  readonly outputShape: readonly number[];
  /** Trainable scalars. */
  readonly parameters: number;
  /** Multiply-accumulates for one image; 0 for layers that have no filters. */
  readonly macs: number;
}

/** A network's layers and totals for one image. */
export interface Summary {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly macs: number;
}

/** A module without modules below it, that turns one tensor into another. */
interface Layer extends Module {
  forward: (...inputs: never[]) => unknown;
  macs?: (output: Size) => number;
}

/**
 * Summarises a config's network for an image size, by passing one empty image through it.
 * @throws ShapeError if the network cannot take such an image.
 */
export function summarize(
  registry: Registry,
  config: Config,
  { height, width, channels }: SummaryOptions,
): Summary {
  const model = buildConfigModel(registry, config, channels);
  expectAcceptedSize(model, { height, width }, 'images');
  // The values do not matter for shapes, so no random numbers are drawn for what may be 200 million weights.
  for (const [, parameter] of model.namedParameters()) {
    parameter.assign(new Float32Array(parameter.size));
  }
  try {
    return trace(model, [1, height, width, channels]);
  } finally {
    model.dispose();
  }
}

function trace(model: SegmentationModel, inputShape: [number, number, number, number]): Summary {
  const layers: LayerSummary[] = [];
  const watched: Layer[] = [];
  for (const [name, module] of model.namedModules()) {
    if (!isLayer(module)) continue;
    watched.push(module);
    watch(module, (outputShape) => {
      const [, height = 1, width = 1] = outputShape;
      const macs = module.macs?.({ height, width }) ?? 0;
      const { parameterCount: parameters } = module;
      layers.push({ name, type: module.constructor.name, outputShape, parameters, macs });
    });
  }
  try {
    const outputShape = tf.tidy(() => model.forward(tf.zeros(inputShape), evalMode).shape);
    return {
      inputShape,
      outputShape,
      layers,
      parameters: model.parameterCount,
      macs: layers.reduce((sum, { macs }) => sum + macs, 0),
    };
  } finally {
    for (const layer of watched) Reflect.deleteProperty(layer, 'forward');
  }
}

function isLayer(module: Module): module is Layer {
  const below = [...module.namedModules()].length;
  return below === 1 && 'forward' in module && typeof module.forward === 'function';
}

/** Reports the shape of everything that a layer puts out, until its own `forward` property is deleted again. */
function watch(layer: Layer, report: (outputShape: readonly number[]) => void): void {
  const original = layer.forward.bind(layer);
  layer.forward = (...inputs: never[]) => {
    const output: unknown = original(...inputs);
    if (output instanceof tf.Tensor) report(output.shape as number[]);
    return output;
  };
}
