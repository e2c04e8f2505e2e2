import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import { isNumeric } from '../graph/dtype.js';
import { lowered, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { fromMemoryOrder, memoryOrder } from '../lowering/memory-order.js';
import { dtypeOf, inputOf, recording, type KnownNumbers, type Recorders } from './recorder.js';
import { axisFromFront } from './slicing.js';

// Kernels that read at given places, or tell places.

/**
 * Checks places that are known already; ONNX Runtime checks the others.
 * @param indices - `[..., depth]`: each a place along the first axes of `shape`.
 * @throws Error if one is out of range.
 */
export function expectPlaces(
  indices: TensorInfo,
  shape: readonly number[],
  known: KnownNumbers | undefined,
): void {
  const numbers = known?.(indices);
  if (numbers === undefined) return;
  const depth = indices.shape.length > 1 ? (indices.shape.at(-1) ?? 1) : 1;
  for (let i = 0; i < numbers.length; i += depth) {
    const place = Array.from({ length: depth }, (_, axis) => numbers[i + axis] ?? 0);
    if (place.every((index, axis) => index >= 0 && index < (shape[axis] ?? 1))) continue;
    throw new Error(`Invalid indices: ${place.join()} does not index into ${shape.join()}`);
  }
}

/** Recorders of kernels that read at given places. */
export const indexingRecorders: Recorders = {
  GatherV2: (inputs, attrs, known) => {
    const [x, indices] = [inputOf(inputs, 'x'), inputOf(inputs, 'indices')];
    if (indices.dtype !== 'int32') return null;
    const [axis = 0] = util.parseAxisParam(attrs['axis'] as number, x.shape);
    const last = (x.shape[axis] ?? 0) - 1;
    for (const index of Array.from(known?.(indices) ?? [])) {
      const message = `GatherV2: the index value ${index} is not in [0, ${last}]`;
      util.assert(index >= 0 && index <= last, () => message);
    }
    const batchDims = axisFromFront(attrs['batchDims'] ?? 0, indices.shape.length);
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const sizes = [batchSize, outerSize, dimSize, sliceSize];
    return recording('GatherV2', [x, indices], outputShape, dtypeOf(x), { axis, batchDims, sizes });
  },
  GatherNd: (inputs, _, known) => {
    const [params, indices] = [inputOf(inputs, 'params'), inputOf(inputs, 'indices')];
    if (indices.dtype !== 'int32') return null;
    const [shape] = backend_util.prepareAndValidate(params, indices);
    expectPlaces(indices, params.shape, known);
    return recording('GatherNd', [params, indices], shape, dtypeOf(params));
  },
  OneHot: (inputs, { depth, dtype, onValue, offValue }) => {
    const indices = inputOf(inputs, 'indices');
    const type = dtype as string;
    if (indices.dtype !== 'int32' || !isNumeric(type)) return null;
    const shape = [...indices.shape, Number(depth)];
    const attributes = { on: String(Number(onValue)), off: String(Number(offValue)) };
    return recording('OneHot', [indices], shape, type, attributes);
  },
  TopK: (inputs, { k }) => {
    const x = inputOf(inputs, 'x');
    if (x.dtype === 'bool') return null;
    const shape = [...x.shape.slice(0, -1), Number(k)];
    const outputs = [
      { shape, dtype: dtypeOf(x) },
      { shape, dtype: 'int32' },
    ] as const;
    return { op: 'TopK', inputs: [x], outputs };
  },
};

/** Indices of which negative ones, that ONNX counts from behind, are out of range, as they are in tfjs. */
export function countedFromFront(
  context: LoweringContext,
  indices: string,
  lengths: readonly number[],
): string {
  const { graph } = context;
  const negative = graph.emit('Less', [indices, graph.scalar(0, 'int32')]);
  return graph.emit('Where', [
    negative,
    graph.constant(lengths, [lengths.length], 'int32'),
    indices,
  ]);
}

const gather: Lowering = ({ outputs: [output], attributes }, [x, indices], context) => {
  if (output === undefined || x === undefined || indices === undefined) return [];
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const axis = Number(attributes?.['axis']);
  const batchDims = Number(attributes?.['batchDims']);
  const length = x.shape[axis] ?? 1;
  const given = context.tensor(indices);
  const flat = indices.shape.length === 0 ? context.reshape(given, [1]) : given;
  const places = countedFromFront(context, flat, [length]);
  if (batchDims > 0) {
    const sizes = attributes?.['sizes'] as readonly number[];
    return lowered(
      gatherInBatches(context, context.tensor(x), places, sizes, output.shape),
      output,
    );
  }
  const { graph } = context;
  if (indices.shape.length === 1) {
    const order = memoryOrder(context, x, axis !== 3);
    const tensor = graph.emit('Gather', [order.tensor, places], { axis: order.axes[axis] ?? 0 });
    return fromMemoryOrder(context, order, tensor, output);
  }
  const tensor = graph.emit('Gather', [context.tensor(x), places], { axis });
  return lowered(context.reshape(tensor, output.shape), output);
};

/** Each batch has its own indices: they are moved to where the batch's numbers begin when all batches lie in a row. */
function gatherInBatches(
  context: LoweringContext,
  x: string,
  indices: string,
  [batch = 1, outer = 1, length = 1, slice = 1]: readonly number[],
  shape: readonly number[],
): string {
  const { graph } = context;
  const apart = context.reshape(x, [batch, outer, length, slice]);
  const rows = context.reshape(context.transpose(apart, [1, 0, 2, 3]), [
    outer,
    batch * length,
    slice,
  ]);
  const begin = Array.from({ length: batch }, (_, i) => i * length);
  const byBatch = context.reshape(indices, [batch, -1]);
  // Out of range of its own batch is to be out of range of all.
  const outside = graph.emit('GreaterOrEqual', [byBatch, graph.scalar(length, 'int32')]);
  const moved = graph.emit('Add', [byBatch, graph.constant(begin, [batch, 1], 'int32')]);
  const places = graph.emit('Where', [outside, graph.scalar(batch * length, 'int32'), moved]);
  const gathered = graph.emit('Gather', [rows, places], { axis: 1 });
  return context.reshape(context.transpose(gathered, [1, 0, 2, 3]), shape);
}

const gatherNd: Lowering = ({ outputs: [output] }, [params, indices], context) => {
  if (output === undefined || params === undefined || indices === undefined) return [];
  const depth = indices.shape.at(-1) ?? 0;
  const counted = countedFromFront(context, context.tensor(indices), params.shape.slice(0, depth));
  const places = context.graph.emit('Cast', [counted], { to: 7 });
  return lowered(context.graph.emit('GatherND', [context.tensor(params), places]), output);
};

/** Whether a value counts channels of a map, which is then made with channels first, as convolutions make theirs. */
const oneHot: Lowering = ({ outputs: [output], attributes }, [indices], context) => {
  if (output === undefined || indices === undefined) return [];
  const { graph } = context;
  const depth = output.shape.at(-1) ?? 1;
  const classes = Array.from({ length: depth }, (_, i) => i);
  const isMap = output.shape.length === 4;
  const [n = 1, h = 1, w = 1] = indices.shape;
  const thin = isMap ? [n, 1, h, w] : [...indices.shape, 1];
  const equal = graph.emit('Equal', [
    context.reshape(context.tensor(indices), thin),
    graph.constant(classes, isMap ? [depth, 1, 1] : [depth], 'int32'),
  ]);
  const [on, off] = [Number(attributes?.['on']), Number(attributes?.['off'])];
  const tensor =
    on === 1 && off === 0
      ? context.cast(equal, 'bool', output.dtype)
      : chooseNumber(context, equal, on, off, output.dtype);
  return lowered(tensor, output, isMap ? 'nchw' : 'plain');
};

function chooseNumber(
  context: LoweringContext,
  condition: string,
  on: number,
  off: number,
  dtype: Lowered['dtype'],
): string {
  const { graph } = context;
  const number = (value: number): string =>
    dtype === 'float32' ? graph.scalar(value) : graph.scalar(Math.trunc(value), 'int32');
  const chosen = graph.emit('Where', [condition, number(on), number(off)]);
  return dtype === 'bool' ? context.cast(chosen, 'int32', 'bool') : chosen;
}

const topK: Lowering = ({ outputs: [values, indices] }, [x], context) => {
  if (values === undefined || indices === undefined || x === undefined) return [];
  const { graph } = context;
  const order = memoryOrder(context, x, false);
  const [best = '', places = ''] = graph.emitMany(
    'TopK',
    [order.tensor, graph.integers([values.shape.at(-1) ?? 1])],
    { axis: order.axes.at(-1) ?? 0 },
    { outputs: 2 },
  );
  return [
    fromMemoryOrder(context, order, best, values),
    fromMemoryOrder(context, order, graph.emit('Cast', [places], { to: 6 }), indices),
  ];
};

/** Lowerings of kernels that read at given places. */
export const indexingLowerings: Lowerings = {
  GatherV2: gather,
  GatherNd: gatherNd,
  OneHot: oneHot,
  TopK: topK,
};
