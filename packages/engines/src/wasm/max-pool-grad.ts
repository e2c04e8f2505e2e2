import * as tf from '@tensorflow/tfjs-core';

import { floatHeap, heapOffset, zeros } from './heap.js';
import { wasmKernel } from './kernel-call.js';

/**
 * Gradient of max pooling: each `dy[n, i, j, c]` goes to the first largest element of its window.
 * Inputs: `input` `[batch, height, width, channels]`, `dy` `[batch, outHeight, outWidth, channels]`, both float32.
 * The stock kernel scans all windows for every input element; this one goes through the windows once.
 */
export const maxPoolGrad = wasmKernel<'dy' | 'input', tf.MaxPoolGradAttrs>(
  'MaxPoolGrad',
  (backend, { dy, input }, attributes) => {
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      attributes.filterSize,
      attributes.strides,
      1,
      attributes.pad,
      attributes.dimRoundingMode,
    );
    const dx = zeros(backend, input.shape);
    const heap = floatHeap(backend);
    const { inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
    const line = inWidth * channels;
    const window = { values: new Float32Array(channels), positions: new Int32Array(channels) };
    let source = heapOffset(backend, dy);
    for (let image = 0; image < info.batchSize; image++) {
      const from = heapOffset(backend, input) + image * inHeight * line;
      const to = heapOffset(backend, dx) + image * inHeight * line;
      for (let i = 0; i < outHeight; i++) {
        const top = i * info.strideHeight - info.padInfo.top;
        const rows = inside(top, info.filterHeight, inHeight);
        for (let j = 0; j < outWidth; j++) {
          const left = j * info.strideWidth - info.padInfo.left;
          const columns = inside(left, info.filterWidth, inWidth);
          window.values.fill(-Infinity);
          window.positions.fill(rows.first * line + columns.first * channels);
          for (let y = rows.first; y < rows.end; y++) {
            for (let x = columns.first; x < columns.end; x++) {
              takeLarger(heap, from, y * line + x * channels, window, channels);
            }
          }
          addAtLargest(heap, source, to, window, channels);
          source += channels;
        }
      }
    }
    return dx;
  },
  ({ input }) => input.dtype === 'float32',
);

/** Per channel, the largest value so far and where its pixel starts, counted from the start of the image. */
interface Window {
  readonly values: Float32Array;
  readonly positions: Int32Array;
}

function inside(start: number, length: number, size: number) {
  return { first: Math.max(0, start), end: Math.min(size, start + length) };
}

function takeLarger(
  heap: Float32Array,
  image: number,
  pixel: number,
  { values, positions }: Window,
  channels: number,
): void {
  const source = image + pixel;
  for (let c = 0; c < channels; c++) {
    const value = heap[source + c] ?? 0;
    if (value > (values[c] ?? 0)) {
      values[c] = value;
      positions[c] = pixel;
    }
  }
}

function addAtLargest(
  heap: Float32Array,
  source: number,
  image: number,
  { positions }: Window,
  channels: number,
): void {
  for (let c = 0; c < channels; c++) {
    const target = image + (positions[c] ?? 0) + c;
    heap[target] = (heap[target] ?? 0) + (heap[source + c] ?? 0);
  }
}
