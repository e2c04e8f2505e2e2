import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';

import { sameShape } from '../graph/shape.js';
import { lowered, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { byMemoryAxis, fromMemoryOrder, inLayout, memoryOrder } from '../lowering/memory-order.js';
import { mostOutputs } from '../recording/value.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';
import { reshaped } from './shaping.js';

// Kernels that take ranges of tensors.

/** Numbers taken along every axis: from `start`, `size` of them, each `step` after the one before. */
export interface Ranges {
  readonly start: readonly number[];
  readonly size: readonly number[];
  /** Negative for backwards; none means 1. */
  readonly step?: readonly number[];
}

/** An axis counted from the front. */
export function axisFromFront(axis: unknown, rank: number): number {
  return Number(axis) < 0 ? Number(axis) + rank : Number(axis);
}

const reverse: Recorder = (inputs, { dims }) => {
  const x = inputOf(inputs, 'x');
  const axes = util.parseAxisParam(dims as number | number[], x.shape);
  return recording('Reverse', [x], x.shape, dtypeOf(x), { axes });
};

/** Recorders of kernels that take ranges. */
export const slicingRecorders: Recorders = {
  Slice: (inputs, { begin, size }) => {
    const x = inputOf(inputs, 'x');
    const [start, lengths] = slice_util.parseSliceParams(
      x,
      begin as number[],
      size as number[],
    ) as [number[], number[]];
    slice_util.assertParamsValid(x, start, lengths);
    return recording('Slice', [x], lengths, dtypeOf(x), { start });
  },
  StridedSlice: (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    const [begin, end, strides] = [attrs['begin'], attrs['end'], attrs['strides']] as number[][];
    const masks = ['begin', 'end', 'ellipsis', 'newAxis', 'shrinkAxis'].map((name) =>
      Number(attrs[`${name}Mask`] ?? 0),
    ) as [number, number, number, number, number];
    const info = slice_util.sliceInfo(x.shape, begin ?? [], end ?? [], strides ?? [], ...masks);
    const step = info.strides;
    const size = slice_util.computeOutShape(info.begin, info.end, step).map((n) => Math.max(0, n));
    if (util.sizeFromShape(size) !== util.sizeFromShape(info.finalShape)) return null;
    const attributes = { start: info.begin, size, step };
    return recording('StridedSlice', [x], info.finalShape, dtypeOf(x), attributes);
  },
  Unpack: (inputs, attrs) => {
    const value = inputOf(inputs, 'value');
    const axis = axisFromFront(attrs['axis'], value.shape.length);
    const shape = value.shape.filter((_, i) => i !== axis);
    const info = { shape, dtype: dtypeOf(value) };
    const outputs = new Array<typeof info>(value.shape[axis] ?? 0).fill(info);
    if (outputs.length >= mostOutputs) return null;
    return { op: 'Unpack', inputs: [value], attributes: { axis }, outputs, isList: true };
  },
  SplitV: (inputs, { numOrSizeSplits, axis }) => {
    const x = inputOf(inputs, 'x');
    const [at = 0] = util.parseAxisParam(axis as number, x.shape);
    const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits as number[], at);
    if (sizes.length >= mostOutputs) return null;
    const outputs = sizes.map((size) => ({
      shape: x.shape.map((length, i) => (i === at ? size : length)),
      dtype: dtypeOf(x),
    }));
    return { op: 'SplitV', inputs: [x], attributes: { axis: at }, outputs, isList: true };
  },
  Reverse: reverse,
  FlipLeftRight: (inputs, attrs) => {
    const image = inputOf(inputs, 'image');
    return reverse({ x: image }, { ...attrs, dims: [2] });
  },
};

function ones(count: number): number[] {
  return new Array<number>(count).fill(1);
}

/** Cuts ranges out of the axes that are not taken whole. */
export function emitRanges(
  context: LoweringContext,
  tensor: string,
  lengths: readonly number[],
  { start, size, step = ones(start.length) }: Ranges,
): string {
  const axes = lengths.flatMap((length, axis) =>
    start[axis] === 0 && size[axis] === length && step[axis] === 1 ? [] : [axis],
  );
  if (axes.length === 0) return tensor;
  const { graph } = context;
  const pick = (values: readonly number[]): number[] => axes.map((axis) => values[axis] ?? 0);
  const ends = start.map((first, axis) => {
    const stride = step[axis] ?? 1;
    const last = first + ((size[axis] ?? 1) - 1) * stride;
    // Going backwards, a negative end would count from behind.
    return stride > 0 ? last + 1 : last === 0 ? -1 - (lengths[axis] ?? 0) : last - 1;
  });
  const inputs = [tensor, ...[pick(start), pick(ends), axes].map((list) => graph.integers(list))];
  const forwards = pick(step).every((stride) => stride === 1);
  return graph.emit('Slice', forwards ? inputs : [...inputs, graph.integers(pick(step))]);
}

/** Ranges of a value, in the layout it lies in; the result has the value's rank. */
export function lowerRanges(context: LoweringContext, x: Lowered, ranges: Ranges): Lowered {
  const { start, size, step = ones(start.length) } = ranges;
  const output = { shape: size, dtype: x.dtype };
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const [first = 0, channels = 0] = [start[3], size[3]];
  const wholeBlocks =
    context.blocks(channels) && first % context.target.blockSize === 0 && step[3] === 1;
  const order = memoryOrder(context, x, wholeBlocks);
  const inSteps = (values: readonly number[], rest: number): number[] => {
    const counted = values.map((n, axis) => (axis === 3 ? n / order.channelStep : n));
    return byMemoryAxis(order, counted, rest);
  };
  const tensor = emitRanges(context, order.tensor, order.lengths, {
    start: inSteps(start, 0),
    size: inSteps(size, context.target.blockSize),
    step: byMemoryAxis(order, step, 1),
  });
  return fromMemoryOrder(context, order, tensor, output);
}

const slice: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const start = attributes?.['start'] as readonly number[];
  return lowerRanges(context, x, { start, size: output.shape });
};

const stridedSlice: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const taken = lowerRanges(context, x, attributes as unknown as Required<Ranges>);
  return sameShape(taken.shape, output.shape) ? taken : reshaped(context, taken, output);
};

const unpack: Lowering = ({ outputs, attributes }, [x], context) => {
  if (x === undefined) return [];
  const axis = Number(attributes?.['axis']);
  const size = x.shape.map((length, i) => (i === axis ? 1 : length));
  return outputs.map((output, index) => {
    if (x.constant !== undefined) return loweredConstant(x.constant, output);
    // In the order of its shape: the parts lose an axis, and with it any layout of maps.
    const { tensor, lengths } = inLayout(context, x, 'plain');
    const start = x.shape.map((_, i) => (i === axis ? index : 0));
    const part = emitRanges(context, tensor, lengths, { start, size });
    return lowered(context.reshape(part, output.shape), output);
  });
};

const split: Lowering = ({ outputs, attributes }, [x], context) => {
  if (x === undefined) return [];
  const axis = Number(attributes?.['axis']);
  let from = 0;
  return outputs.map(({ shape }) => {
    const start = shape.map((_, i) => (i === axis ? from : 0));
    from += shape[axis] ?? 0;
    return lowerRanges(context, x, { start, size: shape });
  });
};

const reversed: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const axes = attributes?.['axes'] as readonly number[];
  return lowerRanges(context, x, {
    start: x.shape.map((length, axis) => (axes.includes(axis) ? length - 1 : 0)),
    size: x.shape,
    step: x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
  });
};

/** Lowerings of kernels that take ranges. */
export const slicingLowerings: Lowerings = {
  Slice: slice,
  StridedSlice: stridedSlice,
  Unpack: unpack,
  SplitV: split,
  Reverse: reversed,
};
