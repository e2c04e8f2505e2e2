import type * as tf from '@tensorflow/tfjs-core';

import { convolutionSizes, type ConvolutionSizes } from './convolution-sizes.js';
import { floatHeap, heapOffset, integerHeap, withView, zeros, type WasmBackend } from './heap.js';
import { release, runKernel, wasmKernel } from './kernel-call.js';
import { stridedCopy } from './strided-copy.js';

/**
 * Positions (output pixels with their margins) that one matrix product sums over: enough to hide the cost of a call, few
 * enough to bound the scratch memory and to keep float32 sums accurate. Measured: 8192 is within 3% of the best from
 * 1024 to 32768 on maps of 16x16 to 128x128.
 */
const positionsPerStrip = 8192;
/** Measured cost of copying one element while transposing, and of one multiply-add in the backend's product. */
const copyNanoseconds = 2;
const multiplyNanoseconds = 0.06;

/** A run of whole images, or of rows of one image, handled together. */
interface Strip {
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
}

/**
 * How a strip lies in memory: rows are `pitch` long and each image has `extraRows` more than the strip's own. Filter taps
 * that are a multiple of (`rowStep`, `columnStep`) apart read the same copy of the input, `pitch` elements later for each
 * step down and one for each step right, so no patch matrix is built. Steps are the strides, or the whole kernel where
 * a copy per tap costs less than multiplying the margins.
 */
interface Layout {
  readonly rowStep: number;
  readonly columnStep: number;
  readonly extraRows: number;
  readonly extraColumns: number;
  readonly pitch: number;
}

/**
 * Filter gradient of a convolution: `dw[kh, kw, c, o] = sum over n, i, j of x[n, i*stride + kh - top,
 * j*stride + kw - left, c] * dy[n, i, j, o]`, one matrix product per filter tap and strip of the image.
 * Inputs: `x` `[batch, height, width, inChannels]`, `dy` `[batch, outHeight, outWidth, outChannels]`.
 * @throws Error for channels-first data, which the backend's forward convolution does not support either.
 */
export const conv2dBackpropFilter = wasmKernel<'x' | 'dy', tf.Conv2DBackpropFilterAttrs>(
  'Conv2DBackpropFilter',
  (backend, { x, dy }, attributes) => {
    if (attributes.dataFormat === 'NCHW') {
      throw new Error(
        'Conv2DBackpropFilter on wasm: expected dataFormat NHWC, received NCHW; transpose to NHWC first.',
      );
    }
    const sizes = convolutionSizes(x.shape, attributes.filterShape, attributes);
    const layout = cheapestLayout(sizes);
    const gradient = zeros(backend, [...attributes.filterShape]);
    for (const strip of strips(sizes, layout)) {
      addStrip(backend, x, dy, gradient, sizes, layout, strip);
    }
    return gradient;
  },
);

function cheapestLayout(sizes: ConvolutionSizes): Layout {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = sizes;
  const candidates = [Math.min(strideHeight, kernelHeight), kernelHeight].flatMap((rowStep) =>
    [Math.min(strideWidth, kernelWidth), kernelWidth].map((columnStep) => {
      const extraColumns = Math.floor((kernelWidth - 1) / columnStep);
      return {
        rowStep,
        columnStep,
        extraRows: Math.floor((kernelHeight - 1) / rowStep),
        extraColumns,
        pitch: sizes.outWidth + extraColumns,
      };
    }),
  );
  const costs = candidates.map(({ rowStep, columnStep, extraRows, pitch }) => {
    const copies = rowStep * columnStep * copyNanoseconds;
    const products = kernelHeight * kernelWidth * sizes.outChannels * multiplyNanoseconds;
    return (sizes.outHeight + extraRows) * pitch * (copies + products);
  });
  return candidates[costs.indexOf(Math.min(...costs))] as Layout;
}

function strips({ batch, outHeight }: ConvolutionSizes, { extraRows, pitch }: Layout): Strip[] {
  const wholeImages = Math.floor(positionsPerStrip / ((outHeight + extraRows) * pitch));
  const result: Strip[] = [];
  if (wholeImages >= 1) {
    for (let image = 0; image < batch; image += wholeImages) {
      const images = Math.min(wholeImages, batch - image);
      result.push({ image, images, row: 0, rows: outHeight });
    }
    return result;
  }
  const rowsPerStrip = Math.max(4 * extraRows, 1, Math.floor(positionsPerStrip / pitch));
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row += rowsPerStrip) {
      const rows = Math.min(rowsPerStrip, outHeight - row);
      result.push({ image, images: 1, row, rows });
    }
  }
  return result;
}

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
