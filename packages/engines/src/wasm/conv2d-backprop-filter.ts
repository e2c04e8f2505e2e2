import { EngineError } from '@segkit/core';
import type * as tf from '@tensorflow/tfjs-core';

import { convolutionSizes, type ConvolutionSizes } from './convolution-sizes.js';
import { floatHeap, heapOffset, integerHeap, withView, zeros, type WasmBackend } from './heap.js';
import { release, runKernel, wasmKernel } from './kernel-call.js';
import { stridedCopy } from './strided-copy.js';
import { cheapestLayout, cutStrips, type Layout, type Strip } from './strip-layout.js';

/**
 * Filter gradient of a convolution: `dw[kh, kw, c, o] = sum over n, i, j of x[n, i*stride + kh - top,
 * j*stride + kw - left, c] * dy[n, i, j, o]`, one matrix product per filter tap and strip of the image. The same sum as one
 * forward convolution of `x` with its axes turned (`dy` as the filter, dilated by the stride) took up to twice as long: its inner
 * loop is the batch, which is short.
 * Inputs: `x` `[batch, height, width, inChannels]`, `dy` `[batch, outHeight, outWidth, outChannels]`.
 * @throws EngineError for channels-first data, which the backend's forward convolution does not support either.
 */
export const conv2dBackpropFilter = wasmKernel<'x' | 'dy', tf.Conv2DBackpropFilterAttrs>(
  'Conv2DBackpropFilter',
  (backend, { x, dy }, attributes) => {
    if (attributes.dataFormat === 'NCHW') {
      throw new EngineError(
        'Conv2DBackpropFilter on wasm: expected dataFormat NHWC, received NCHW; transpose to NHWC first.',
      );
    }
    const sizes = convolutionSizes(x.shape, attributes.filterShape, attributes);
    const layout = cheapestLayout(sizes);
    const gradient = zeros(backend, [...attributes.filterShape]);
    for (const strip of cutStrips(sizes, layout)) {
      addStrip(backend, x, dy, gradient, sizes, layout, strip);
    }
    return gradient;
  },
);

function addStrip(
  backend: WasmBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  gradient: tf.TensorInfo,
  sizes: ConvolutionSizes,
  layout: Layout,
  strip: Strip,
): void {
  const { kernelHeight, kernelWidth } = sizes;
  const { rowStep, columnStep, pitch } = layout;
  const right = outputStrip(backend, dy, sizes, layout, strip);
  for (let firstRow = 0; firstRow < rowStep; firstRow++) {
    for (let firstColumn = 0; firstColumn < columnStep; firstColumn++) {
      const left = inputStrip(backend, x, sizes, layout, strip, firstRow, firstColumn);
      for (let kh = firstRow; kh < kernelHeight; kh += rowStep) {
        for (let kw = firstColumn; kw < kernelWidth; kw += columnStep) {
          const shift = ((kh - firstRow) / rowStep) * pitch + (kw - firstColumn) / columnStep;
          addProduct(backend, left, right, shift, gradient, sizes, kh * kernelWidth + kw);
        }
      }
      release(backend, left);
    }
  }
  release(backend, right);
}

/** Copies the strip of `dy` to `[1, positions, outChannels]`, with zeros in the margins. */
function outputStrip(
  backend: WasmBackend,
  dy: tf.TensorInfo,
  { outHeight, outWidth, outChannels }: ConvolutionSizes,
  { extraRows, pitch }: Layout,
  { image, images, row, rows }: Strip,
): tf.TensorInfo {
  const lines = rows + extraRows;
  const output = zeros(backend, [1, images * lines * pitch, outChannels]);
  const line = outWidth * outChannels;
  stridedCopy(
    integerHeap(backend),
    [images, rows, line],
    {
      offset: heapOffset(backend, dy) + (image * outHeight + row) * line,
      strides: [outHeight * line, line, 1],
    },
    {
      offset: heapOffset(backend, output),
      strides: [lines * pitch * outChannels, pitch * outChannels, 1],
    },
  );
  return output;
}

/**
 * Copies what tap `(firstRow, firstColumn)` sees of `x` in the strip, with zeros beyond the edges, to `[inChannels,
 * positions]` and room for the largest shift.
 */
function inputStrip(
  backend: WasmBackend,
  x: tf.TensorInfo,
  sizes: ConvolutionSizes,
  { extraRows, extraColumns, pitch }: Layout,
  { image, images, row, rows }: Strip,
  firstRow: number,
  firstColumn: number,
): tf.TensorInfo {
  const { inChannels, height, width, strideHeight, strideWidth, top, left } = sizes;
  const lines = rows + extraRows;
  const positions = images * lines * pitch;
  const slack = extraRows * pitch + extraColumns;
  const strip = zeros(backend, [inChannels * positions + slack]);
  const vertical = covered(row * strideHeight + firstRow - top, strideHeight, lines, height);
  const horizontal = covered(firstColumn - left, strideWidth, pitch, width);
  const line = width * inChannels;
  stridedCopy(
    integerHeap(backend),
    [inChannels, images, vertical.count, horizontal.count],
    {
      offset:
        heapOffset(backend, x) +
        (image * height + vertical.source) * line +
        horizontal.source * inChannels,
      strides: [1, height * line, strideHeight * line, strideWidth * inChannels],
    },
    {
      offset: heapOffset(backend, strip) + vertical.skipped * pitch + horizontal.skipped,
      strides: [positions, lines * pitch, pitch, 1],
    },
  );
  return strip;
}

/** Of the positions `start, start + stride, ...` (`count` of them), those that lie inside `[0, size)`. */
function covered(start: number, stride: number, count: number, size: number) {
  const skipped = Math.min(count, Math.max(0, Math.ceil(-start / stride)));
  const end = Math.min(count, Math.max(0, Math.ceil((size - start) / stride)));
  return { skipped, count: Math.max(0, end - skipped), source: start + skipped * stride };
}

function addProduct(
  backend: WasmBackend,
  left: tf.TensorInfo,
  right: tf.TensorInfo,
  shift: number,
  gradient: tf.TensorInfo,
  { inChannels, outChannels }: ConvolutionSizes,
  tap: number,
): void {
  const positions = right.shape[1] ?? 0;
  const product = withView(backend, left, shift, [1, inChannels, positions], (a) =>
    runKernel(backend, 'BatchMatMul', { a, b: right }, { transposeA: false, transposeB: false }),
  );
  const heap = floatHeap(backend);
  const source = heapOffset(backend, product);
  const target = heapOffset(backend, gradient) + tap * inChannels * outChannels;
  for (let i = 0; i < inChannels * outChannels; i++) {
    heap[target + i] = (heap[target + i] ?? 0) + (heap[source + i] ?? 0);
  }
  release(backend, product);
}
