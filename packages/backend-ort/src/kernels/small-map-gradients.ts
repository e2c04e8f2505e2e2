import { lowered, type Lowered } from '../lowering/lowered.js';
import type { LoweringContext } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import type { Geometry } from './convolution-geometry.js';
import { padTensor } from './sliding-product.js';

// Gradients of convolutions over few pixels with many channels, where the filter is the largest tensor by far: products of
// matrices that read and write it in tfjs's own order, so that it is not reordered.

/** Most pixels, of all images together, and fewest pairs of channels for which this is faster. */
const mostPixels = 64;
const fewestPairs = 128 * 128;

/** Whether a convolution at stride 1 is of this kind. */
export function isSmallMap(
  context: LoweringContext,
  { shape: [n = 1, rows = 1, columns = 1] }: Lowered,
  [height = 1, width = 1, inChannels = 1, outChannels = 1]: readonly number[],
  { strides }: Geometry,
): boolean {
  return (
    context.target.contribOperators &&
    n * rows * columns <= mostPixels &&
    inChannels * outChannels >= fewestPairs &&
    height * width > 1 &&
    strides.every((stride) => stride === 1)
  );
}

/** Rows or columns by which each tap of a window moves a map, for those taps that leave part of it in sight. */
function liveTaps(
  taps: number,
  dilation: number,
  pad: number,
  length: number,
): { readonly tap: number; readonly shift: number }[] {
  return Array.from({ length: taps }, (_, tap) => ({ tap, shift: tap * dilation - pad })).filter(
    ({ shift }) => Math.abs(shift) < length,
  );
}

/** Gradient of the input: one product for all taps, whose results are moved into place and added. For a single image. */
export function smallInputGradient(
  context: LoweringContext,
  dy: Lowered,
  filter: string,
  [height = 1, width = 1, inChannels = 1, outChannels = 1]: readonly number[],
  { dilations, pads }: Geometry,
  output: OutputInfo,
): Lowered {
  const { graph } = context;
  const [, rows = 1, columns = 1] = dy.shape;
  const [, outRows = 1, outColumns = 1] = output.shape;
  const products = graph.emit('MatMul', [
    context.reshape(filter, [height * width * inChannels, outChannels]),
    context.reshape(context.tensor(dy, 'nchw'), [outChannels, rows * columns]),
  ]);
  const count = height * width;
  const byTap = graph.emitMany(
    'Split',
    [context.reshape(products, [count, inChannels, rows, columns])],
    { axis: 0, num_outputs: count },
    { outputs: count },
  );
  const reach = Math.max(rows, outRows);
  const across = Math.max(columns, outColumns);
  const terms = liveTaps(height, dilations[0], pads[0], reach).flatMap((row) =>
    liveTaps(width, dilations[1], pads[1], across).map((column) =>
      padTensor(
        context,
        byTap[row.tap * width + column.tap] ?? '',
        [0, 0, row.shift, column.shift],
        [0, 0, outRows - rows - row.shift, outColumns - columns - column.shift],
      ),
    ),
  );
  return lowered(graph.emit('Sum', terms), output, 'nchw');
}

/** Gradient of the filter: what each pixel of `dy` saw, beside one another, times `dy`. */
export function smallFilterGradient(
  context: LoweringContext,
  x: Lowered,
  dy: Lowered,
  { kernel, dilations, pads: [top, left, bottom, right] }: Geometry,
  output: OutputInfo,
): Lowered {
  const { graph } = context;
  const [n = 1, rows = 1, columns = 1, outChannels = 1] = dy.shape;
  const [, , , inChannels = 1] = x.shape;
  const padded = padTensor(context, context.tensor(x), [0, top, left, 0], [0, bottom, right, 0]);
  const seen = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const row = Math.floor(tap / kernel[1]) * dilations[0];
    const column = (tap % kernel[1]) * dilations[1];
    return graph.emit('Slice', [
      padded,
      graph.integers([row, column]),
      graph.integers([row + rows, column + columns]),
      graph.integers([1, 2]),
    ]);
  });
  const pixels = n * rows * columns;
  const patches = context.reshape(graph.emit('Concat', seen, { axis: 3 }), [
    pixels,
    kernel[0] * kernel[1] * inChannels,
  ]);
  const gradient = context.reshape(context.tensor(dy), [pixels, outChannels]);
  const product = graph.emit('Gemm', [patches, gradient], { transA: 1 });
  return lowered(context.reshape(product, output.shape), output);
}
