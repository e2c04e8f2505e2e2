import { setImmediate as nextTurn } from 'node:timers/promises';

import * as tf from '@tensorflow/tfjs-core';

import type { Activation } from '../components/loss.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { evalMode } from '../nn/module.js';
import type { Raster } from '../tensor/raster.js';
import { readInto } from '../tensor/read-into.js';
import { readMirrored, type ImageSource } from './image-source.js';
import { probabilitiesFromLogits } from './labels-from-logits.js';
import type { Span } from './plan-axis.js';
import type { WindowPlan } from './plan-windows.js';
import type { PredictOptions } from './predict-options.js';
import { RowSums } from './row-sums.js';
import { turn, viewsOf } from './views.js';

/** Finished rows of an image, over its whole width. */
export interface ProbabilityBand {
  /** First row. */
  readonly top: number;
  /** `[rows, width, outChannels]`: probabilities, or the output image. */
  readonly probabilities: Raster<Float32Array>;
}

/**
 * Predicts an image window by window, from top to bottom, holding no more than the rows of two windows.
 * @param source - Normalised as in training.
 */
export async function* streamWindows(
  model: SegmentationModel,
  activation: Activation,
  source: ImageSource,
  plan: WindowPlan,
  { batch = 1, tta = 1, signal, onProgress }: PredictOptions,
): AsyncGenerator<ProbabilityBand, void, undefined> {
  const { rows, columns } = plan;
  const views = viewsOf(tta);
  const window = { height: rows.window, width: columns.window };
  const sums = new RowSums(columns.length, model.outChannels);
  const memory = new OutputMemory();
  const passes = rows.spans.length * Math.ceil(columns.spans.length / batch) * views.length;
  let done = 0;
  const read = (row: Span, group: readonly Span[]): Promise<Raster<Float32Array>[]> =>
    Promise.all(
      group.map((column) =>
        readMirrored(source, {
          ...window,
          top: row.start - rows.added,
          left: column.start - columns.added,
        }),
      ),
    );
  for (const [index, row] of rows.spans.entries()) {
    for (const group of groupsOf(columns.spans, batch)) {
      const images = await read(row, group);
      for (const view of views) {
        signal?.throwIfAborted();
        const outputs = await forward(
          model,
          images.map((image) => turn(image, view)),
          activation,
          memory,
        );
        for (const [position, column] of group.entries()) {
          sums.add({
            ...{ view, window, row, column, share: 1 / views.length },
            output: outputs[position] as Raster<Float32Array>,
            top: row.start - rows.added,
            left: column.start - columns.added,
          });
        }
        onProgress?.(++done / passes);
        // Timers and signals are heard between passes.
        await nextTurn();
      }
    }
    yield sums.take(rows.spans[index + 1]?.from ?? rows.length);
  }
}

function groupsOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Memory for a network's output, one for each size: a whole group's, and that of the last, which may be smaller. */
class OutputMemory {
  readonly #arrays = new Map<number, Float32Array>();

  of(size: number): Float32Array {
    const known = this.#arrays.get(size);
    if (known !== undefined) return known;
    const array = new Float32Array(size);
    this.#arrays.set(size, array);
    return array;
  }
}

/** Probabilities of images of one size, in memory that the next call writes over. */
async function forward(
  model: SegmentationModel,
  images: readonly Raster<Float32Array>[],
  activation: Activation,
  memory: OutputMemory,
): Promise<Raster<Float32Array>[]> {
  const [{ height, width, channels }] = images as [Raster<Float32Array>];
  const pixels = new Float32Array(images.length * height * width * channels);
  images.forEach(({ data }, index) => {
    pixels.set(data, index * data.length);
  });
  const tensor = tf.tidy(() => {
    const input = tf.tensor4d(pixels, [images.length, height, width, channels]);
    return probabilitiesFromLogits(model.forward(input, evalMode), activation);
  });
  try {
    const data = memory.of(tensor.size);
    await readInto(tensor, data);
    const [, outHeight, outWidth, outChannels] = tensor.shape;
    const size = outHeight * outWidth * outChannels;
    return images.map((_, index) => ({
      ...{ height: outHeight, width: outWidth, channels: outChannels },
      data: data.subarray(index * size, (index + 1) * size),
    }));
  } finally {
    tensor.dispose();
  }
}
