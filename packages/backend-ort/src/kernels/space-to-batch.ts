import { sizeOf } from '../graph/shape.js';
import { lowered, loweredConstant } from '../lowering/lowered.js';
import type { Lowering, Lowerings } from '../lowering/lowering-context.js';
import { fromMemoryOrder, memoryOrder, type MemoryOrder } from '../lowering/memory-order.js';
import { lowerPad, type Pads } from './padding.js';
import { dtypeOf, inputOf, recording, type Recorders } from './recorder.js';
import { lowerRanges } from './slicing.js';

// Kernels that exchange rows and columns for images of a batch, or channels.

/** Recorders of kernels that exchange axes in blocks. */
export const spaceToBatchRecorders: Recorders = {
  SpaceToBatchND: (inputs, { blockShape, paddings }) => {
    const x = inputOf(inputs, 'x');
    const block = blockShape as number[];
    const pads = paddings as [number, number][];
    const [batch = 1, ...rest] = x.shape;
    const lengths = rest.map((length, i) => {
      const [before, after] = pads[i] ?? [0, 0];
      return (length + before + after) / (block[i] ?? 1);
    });
    const shape = [batch * sizeOf(block), ...lengths];
    if (!shape.every(Number.isInteger)) return null;
    return recording('SpaceToBatchND', [x], shape, dtypeOf(x), { block, pads });
  },
  BatchToSpaceND: (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    const block = attrs['blockShape'] as number[];
    const crops = attrs['crops'] as [number, number][];
    const shape = x.shape.map((length, axis) => {
      const [before, after] = crops[axis - 1] ?? [0, 0];
      return length * (block[axis - 1] ?? 1) - before - after;
    });
    shape[0] = (x.shape[0] ?? 1) / sizeOf(block);
    return recording('BatchToSpaceND', [x], shape, dtypeOf(x), { block, crops });
  },
  DepthToSpace: (inputs, { blockSize, dataFormat }) => {
    const x = inputOf(inputs, 'x');
    const size = Number(blockSize);
    if (dataFormat !== 'NHWC') return null;
    const [n = 1, h = 1, w = 1, c = 1] = x.shape;
    const shape = [n, h * size, w * size, c / (size * size)];
    return recording('DepthToSpace', [x], shape, dtypeOf(x), { size });
  },
};

/** Whether a map's channels stay together, whole blocks of them. */
function keepsChannels(block: readonly number[]): boolean {
  return block.length <= 2;
}

/** How the axes of a tensor in memory are cut into steps over blocks and steps within one. */
interface Cut {
  /** Lengths of the tensor with each cut axis as two. */
  readonly lengths: readonly number[];
  /** Where each axis, or its steps over blocks, comes. */
  readonly over: readonly number[];
  /** Where the steps within blocks come, by axis of the block. */
  readonly within: readonly number[];
}

function cutAxes({ lengths, axes }: MemoryOrder, block: readonly number[]): Cut {
  const cut: { lengths: number[]; over: number[]; within: number[] } = {
    lengths: [],
    over: [],
    within: [],
  };
  lengths.forEach((length, place) => {
    const axis = axes.indexOf(place) - 1;
    const size = block[axis];
    cut.over.push(cut.lengths.length);
    if (size === undefined) {
      cut.lengths.push(length);
      return;
    }
    cut.within[axis] = cut.lengths.length + 1;
    cut.lengths.push(length / size, size);
  });
  return cut;
}

const spaceToBatch: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const block = attributes?.['block'] as readonly number[];
  const given = attributes?.['pads'] as Pads;
  const pads = x.shape.map((_, axis) => given[axis - 1] ?? ([0, 0] as const));
  const padded = lowerPad(context, x, pads);
  if (padded.constant !== undefined) return loweredConstant(padded.constant, output);
  const order = memoryOrder(context, padded, keepsChannels(block));
  const { lengths, over, within } = cutAxes(order, block);
  const apart = context.reshape(order.tensor, lengths);
  const stacked = context.transpose(apart, [...within, ...over]);
  const [, ...rest] = over.map((place) => lengths[place] ?? 1);
  return fromMemoryOrder(
    context,
    order,
    context.reshape(stacked, [output.shape[0] ?? 1, ...rest]),
    output,
  );
};

const batchToSpace: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const block = attributes?.['block'] as readonly number[];
  const crops = attributes?.['crops'] as Pads;
  const images = (x.shape[0] ?? 1) / sizeOf(block);
  const shape = x.shape.map((length, axis) =>
    axis === 0 ? images : length * (block[axis - 1] ?? 1),
  );
  const order = memoryOrder(context, x, keepsChannels(block));
  const [, ...rest] = order.lengths;
  // The steps within blocks come from the front, each to behind its axis.
  const permutation = [block.length];
  const lengths = [images];
  rest.forEach((length, i) => {
    const axis = order.axes.indexOf(i + 1) - 1;
    const size = block[axis];
    permutation.push(block.length + 1 + i, ...(size === undefined ? [] : [axis]));
    lengths.push(length * (size ?? 1));
  });
  const apart = context.reshape(order.tensor, [...block, images, ...rest]);
  const woven = context.reshape(context.transpose(apart, permutation), lengths);
  const whole = fromMemoryOrder(context, order, woven, { shape, dtype: x.dtype });
  const start = shape.map((_, axis) => crops[axis - 1]?.[0] ?? 0);
  return lowerRanges(context, whole, { start, size: output.shape });
};

const depthToSpace: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const size = Number(attributes?.['size']);
  const [n = 1, h = 1, w = 1] = x.shape;
  const depth = output.shape[3] ?? 1;
  if (x.layout !== 'plain' && x.dtype === 'float32') {
    const tensor = context.graph.emit('DepthToSpace', [context.tensor(x, 'nchw')], {
      blocksize: size,
    });
    return lowered(tensor, output, 'nchw');
  }
  const apart = context.reshape(context.tensor(x), [n, h, w, size, size, depth]);
  const woven = context.transpose(apart, [0, 1, 3, 2, 4, 5]);
  return lowered(context.reshape(woven, output.shape), output);
};

/** Lowerings of kernels that exchange axes in blocks. */
export const spaceToBatchLowerings: Lowerings = {
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
};
