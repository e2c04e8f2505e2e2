import type * as tf from '@tensorflow/tfjs-core';

import { convolutionSizes, type ConvolutionSizes } from './convolution-sizes.js';
import { floatHeap, heapOffset, zeros } from './heap.js';
import { wasmKernel } from './kernel-call.js';

/** Heap offsets of one output pixel, one input pixel and the filter tap between them. */
type Visit = (dy: number, x: number, tap: number) => void;

/**
 * Filter gradient of a depthwise convolution: `dw[kh, kw, c, m] = sum over n, i, j of x[n, i*stride + kh*dilation - top,
 * j*stride + kw*dilation - left, c] * dy[n, i, j, c*multiplier + m]`. The stock backend has none.
 * Inputs: `x` `[batch, height, width, channels]`, `dy` `[batch, outHeight, outWidth, channels*multiplier]`.
 */
export const depthwiseBackpropFilter = wasmKernel<
  'x' | 'dy',
  tf.DepthwiseConv2dNativeBackpropFilterAttrs
>('DepthwiseConv2dNativeBackpropFilter', (backend, { x, dy }, attributes) => {
  const sizes = convolutionSizes(x.shape, attributes.filterShape, attributes, true);
  const gradient = zeros(backend, [...attributes.filterShape]);
  const heap = floatHeap(backend);
  const offsets = [dy, x, gradient].map((tensor) => heapOffset(backend, tensor));
  const { inChannels, outChannels } = sizes;
  const multiplier = outChannels / inChannels;
  forEachTap(sizes, offsets, (output, input, tap) => {
    for (let c = 0, o = 0; c < inChannels; c++) {
      const value = heap[input + c] ?? 0;
      for (let m = 0; m < multiplier; m++, o++) {
        heap[tap + o] = (heap[tap + o] ?? 0) + value * (heap[output + o] ?? 0);
      }
    }
  });
  return gradient;
});

/**
 * Input gradient of a depthwise convolution: every `dy[n, i, j, c*multiplier + m] * filter[kh, kw, c, m]` is added to
 * `dx[n, i*stride + kh*dilation - top, j*stride + kw*dilation - left, c]`. The stock backend has none.
 */
export const depthwiseBackpropInput = wasmKernel<
  'dy' | 'filter',
  tf.DepthwiseConv2dNativeBackpropInputAttrs
>('DepthwiseConv2dNativeBackpropInput', (backend, { dy, filter }, attributes) => {
  const sizes = convolutionSizes(attributes.inputShape, filter.shape, attributes, true);
  const dx = zeros(backend, [...attributes.inputShape]);
  const heap = floatHeap(backend);
  const offsets = [dy, dx, filter].map((tensor) => heapOffset(backend, tensor));
  const { inChannels, outChannels } = sizes;
  const multiplier = outChannels / inChannels;
  forEachTap(sizes, offsets, (output, input, tap) => {
    for (let c = 0, o = 0; c < inChannels; c++) {
      let sum = 0;
      for (let m = 0; m < multiplier; m++, o++)
        sum += (heap[tap + o] ?? 0) * (heap[output + o] ?? 0);
      heap[input + c] = (heap[input + c] ?? 0) + sum;
    }
  });
  return dx;
});

function forEachTap(sizes: ConvolutionSizes, offsets: readonly number[], visit: Visit): void {
  const [dy = 0, x = 0, filter = 0] = offsets;
  const { batch, height, width, inChannels, outHeight, outWidth, outChannels } = sizes;
  for (let image = 0; image < batch; image++) {
    for (let i = 0; i < outHeight; i++) {
      for (let kh = 0; kh < sizes.kernelHeight; kh++) {
        const row = i * sizes.strideHeight + kh * sizes.dilationHeight - sizes.top;
        if (row < 0 || row >= height) continue;
        for (let j = 0; j < outWidth; j++) {
          for (let kw = 0; kw < sizes.kernelWidth; kw++) {
            const column = j * sizes.strideWidth + kw * sizes.dilationWidth - sizes.left;
            if (column < 0 || column >= width) continue;
            visit(
              dy + ((image * outHeight + i) * outWidth + j) * outChannels,
              x + ((image * height + row) * width + column) * inChannels,
              filter + (kh * sizes.kernelWidth + kw) * outChannels,
            );
          }
        }
      }
    }
  }
}
