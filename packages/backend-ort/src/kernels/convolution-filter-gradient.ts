import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import { convolutionAttributes, geometryOf, type Geometry } from './convolution-geometry.js';
import { reversedTaps } from './filter-layout.js';
import { emitMatMul } from './matrix.js';
import { isSmallMap, smallFilterGradient } from './small-map-gradients.js';
import { batchFits, slidingProduct, type Sliding } from './sliding-product.js';

/** Gradient of a convolution with respect to its filter. */
export const convolutionFilterGradient: Lowering = (
  { outputs: [output], attributes },
  [x, dy],
  context,
) => {
  if (output === undefined || x === undefined || dy === undefined) return [];
  const geometry = geometryOf(attributes);
  const [, , inChannels = 1, outChannels = 1] = output.shape;
  const block = context.target.blockSize;
  if (geometry.dilations.every((n) => n <= 2) && isSmallMap(context, dy, output.shape, geometry)) {
    return smallFilterGradient(context, x, dy, geometry, output);
  }
  if (!batchFits(context, x.shape[0] ?? 1)) {
    return byMatrixProducts(context, x, dy, geometry, output);
  }
  const simple = [...geometry.strides, ...geometry.dilations].every((n) => n === 1);
  if (context.blocks(inChannels, outChannels)) {
    const dyIsSmaller = simple && outChannels < 4 * block && inChannels > outChannels;
    return dyIsSmaller
      ? byStandingInput(context, x, dy, geometry, output)
      : byStandingGradient(context, x, dy, geometry, output);
  }
  if (context.blocks(outChannels) && inChannels < block) {
    return byStandingGradient(context, x, dy, geometry, output);
  }
  if (context.blocks(inChannels) && outChannels < block && simple) {
    return byStandingInput(context, x, dy, geometry, output);
  }
  const [height, width] = geometry.kernel;
  return height * width > mostProducts
    ? byOneConvolution(context, x, dy, geometry, output)
    : byMatrixProducts(context, x, dy, geometry, output);
};

/** Taps beyond which products one by one make a graph too large; FCN's last layer has 64 x 64. */
const mostProducts = 64;

function mapSize({ shape: [, rows = 1, columns = 1, channels = 1] }: Lowered): {
  rows: number;
  columns: number;
  channels: number;
} {
  return { rows, columns, channels };
}

/** The map as it slides: in blocks, or, with fewer channels than a block, as tfjs lays it. */
function slidingMap(context: LoweringContext, map: Lowered): { tensor: string; span: number } {
  const { channels } = mapSize(map);
  const inBlocks = context.blocks(channels);
  return {
    tensor: context.tensor(map, inBlocks ? 'blocked' : 'plain'),
    span: inBlocks ? context.target.blockSize : channels,
  };
}

/** `x` slides over `dy`. */
function byStandingGradient(
  context: LoweringContext,
  x: Lowered,
  dy: Lowered,
  { kernel, strides, dilations, pads }: Geometry,
  output: OutputInfo,
): Lowered {
  const how: Sliding = {
    batch: x.shape[0] ?? 1,
    taps: kernel,
    strides,
    dilations,
    pads: [pads[0], pads[1]],
  };
  const raw = slidingProduct(
    context,
    { ...mapSize(x), ...slidingMap(context, x) },
    { ...mapSize(dy), tensor: context.tensor(dy, 'blocked') },
    how,
  );
  const hwio = context.transpose(raw, [2, 3, 0, 4, 1, 5]);
  return lowered(context.reshape(hwio, output.shape), output);
}

/** `dy` slides over `x`, at stride 1: cheaper where `dy` has fewer channels. The taps come in reverse. */
function byStandingInput(
  context: LoweringContext,
  x: Lowered,
  dy: Lowered,
  { kernel, pads }: Geometry,
  output: OutputInfo,
): Lowered {
  const how: Sliding = {
    batch: x.shape[0] ?? 1,
    taps: kernel,
    strides: [1, 1],
    dilations: [1, 1],
    pads: [kernel[0] - 1 - pads[0], kernel[1] - 1 - pads[1]],
  };
  const source = slidingMap(context, dy);
  const raw = slidingProduct(
    context,
    { ...mapSize(dy), ...source },
    { ...mapSize(x), tensor: context.tensor(x, 'blocked') },
    how,
  );
  const [, , inChannels = 1, outChannels = 1] = output.shape;
  const block = context.target.blockSize;
  const taps = kernel[0] * kernel[1];
  const groups = outChannels / source.span;
  const byTap = context.reshape(raw, [groups * (inChannels / block), taps, source.span * block]);
  const { graph } = context;
  const turned =
    taps === 1
      ? byTap
      : graph.emit('Gather', [byTap, graph.integers(reversedTaps(taps))], { axis: 1 });
  const split = context.reshape(turned, [groups, inChannels / block, taps, source.span, block]);
  const hwio = context.transpose(split, [2, 1, 4, 0, 3]);
  return lowered(context.reshape(hwio, output.shape), output);
}

/** A product of matrices for every tap; for channels that do not fit blocks. */
function byMatrixProducts(
  context: LoweringContext,
  x: Lowered,
  dy: Lowered,
  { kernel, pads, strides, dilations }: Geometry,
  output: OutputInfo,
): Lowered {
  const { graph } = context;
  const [n = 1, , , inChannels = 1] = x.shape;
  const [, rows = 1, columns = 1, outChannels = 1] = dy.shape;
  const spots = rows * columns;
  const [top, left, bottom, right] = pads;
  const image = context.tensor(x, 'nchw');
  const padded = pads.some((pad) => pad > 0)
    ? graph.emit('Pad', [image, graph.integers([0, 0, top, left, 0, 0, bottom, right])])
    : image;
  const gradient = context.reshape(context.tensor(dy, 'nchw'), [n, outChannels, spots]);
  const taps: string[] = [];
  for (let i = 0; i < kernel[0]; i += 1) {
    for (let j = 0; j < kernel[1]; j += 1) {
      const start = [i * dilations[0], j * dilations[1]] as const;
      const seen = graph.emit('Slice', [
        padded,
        graph.integers(start),
        graph.integers([
          start[0] + (rows - 1) * strides[0] + 1,
          start[1] + (columns - 1) * strides[1] + 1,
        ]),
        graph.integers([2, 3]),
        graph.integers(strides),
      ]);
      const flat = context.reshape(seen, [n, inChannels, spots]);
      taps.push(sumOfProducts(context, flat, gradient, n, [1, inChannels, outChannels]));
    }
  }
  const [first = ''] = taps;
  const all = taps.length === 1 ? first : graph.emit('Concat', taps, { axis: 0 });
  return lowered(context.reshape(all, output.shape), output);
}

/**
 * A convolution of the image by `dy`: channels of the one are its batch, those of the other its output channels, the batch is
 * summed over; strides and dilations change places.
 */
function byOneConvolution(
  context: LoweringContext,
  x: Lowered,
  dy: Lowered,
  { kernel, pads, strides, dilations }: Geometry,
  output: OutputInfo,
): Lowered {
  const { graph } = context;
  const [, rows = 1, columns = 1] = dy.shape;
  const image = context.transpose(context.tensor(x, 'nchw'), [1, 0, 2, 3]);
  const gradient = context.transpose(context.tensor(dy, 'nchw'), [1, 0, 2, 3]);
  const geometry = {
    kernel: [rows, columns],
    pads,
    strides: dilations,
    dilations: strides,
  } as const;
  const whole = graph.emit('Conv', [image, gradient], convolutionAttributes(geometry));
  // Pixels that no window reached are taps beyond the filter.
  const taps = graph.emit('Slice', [
    whole,
    graph.integers([0, 0]),
    graph.integers(kernel),
    graph.integers([2, 3]),
  ]);
  return lowered(context.transpose(taps, [2, 3, 0, 1]), output);
}

/** Sum over the batch of `a * transposed b`. */
function sumOfProducts(
  context: LoweringContext,
  a: string,
  b: string,
  batch: number,
  shape: readonly number[],
): string {
  const { graph } = context;
  const products = emitMatMul(context, a, b, { transposeB: true, rank: 3 });
  const sum =
    batch === 1
      ? products
      : graph.emit('ReduceSum', [products, graph.integers([0])], { keepdims: 0 });
  return context.reshape(sum, shape);
}
