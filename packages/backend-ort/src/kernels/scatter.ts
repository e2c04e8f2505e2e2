import { backend_util } from '@tensorflow/tfjs-core';

import { sizeOf } from '../graph/shape.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { countedFromFront, expectPlaces } from './indexing.js';
import { dtypeOf, inputOf, recording, type Recorders } from './recorder.js';

// Kernels that write at given places.

/** Recorders of kernels that write at given places. */
export const scatterRecorders: Recorders = {
  ScatterNd: (inputs, attrs, known) => {
    const [indices, updates] = [inputOf(inputs, 'indices'), inputOf(inputs, 'updates')];
    const shape = attrs['shape'] as number[];
    if (indices.dtype !== 'int32' || updates.dtype === 'bool') return null;
    backend_util.calculateShapes(updates, indices, shape);
    expectPlaces(indices, shape, known);
    return recording('ScatterNd', [indices, updates], shape, dtypeOf(updates));
  },
  TensorScatterUpdate: (inputs, _, known) => {
    const names = ['tensor', 'indices', 'updates'];
    const [tensor, indices, updates] = names.map((name) => inputOf(inputs, name));
    if (tensor === undefined || indices === undefined || updates === undefined) return null;
    if (indices.dtype !== 'int32' || tensor.dtype !== updates.dtype) return null;
    backend_util.calculateShapes(updates, indices, tensor.shape);
    expectPlaces(indices, tensor.shape, known);
    const given = [tensor, indices, updates];
    return recording('TensorScatterUpdate', given, tensor.shape, dtypeOf(tensor));
  },
  SparseToDense: (inputs, { outputShape }, known) => {
    const names = ['sparseIndices', 'sparseValues', 'defaultValue'];
    const [indices, values, filling] = names.map((name) => inputOf(inputs, name));
    const shape = outputShape as number[];
    if (indices === undefined || values === undefined || filling === undefined) return null;
    if (indices.dtype !== 'int32' || values.dtype !== filling.dtype) return null;
    backend_util.calculateShapes(values, indices, shape);
    expectPlaces(indices, shape, known);
    return recording('SparseToDense', [indices, values, filling], shape, dtypeOf(values));
  },
  Diag: (inputs) => {
    const x = inputOf(inputs, 'x');
    return recording('Diag', [x], [...x.shape, ...x.shape], dtypeOf(x));
  },
  UnsortedSegmentSum: (inputs, { numSegments }) => {
    const [x, segmentIds] = [inputOf(inputs, 'x'), inputOf(inputs, 'segmentIds')];
    if (segmentIds.shape.length !== 1 || segmentIds.dtype !== 'int32') return null;
    const shape = [Number(numSegments), ...x.shape.slice(1)];
    return recording('UnsortedSegmentSum', [x, segmentIds], shape, 'float32');
  },
};

/** What a scatter starts from: one number everywhere. */
function filled(context: LoweringContext, number: string, shape: readonly number[]): string {
  return context.graph.emit('Expand', [number, context.graph.integers(shape)]);
}

/** `[updates, depth]` places of `shape`, and as many updates as there are places. */
function scatterInto(
  context: LoweringContext,
  base: string,
  indices: Lowered,
  updates: Lowered,
  shape: readonly number[],
  reduction: 'none' | 'add',
): string {
  const { graph } = context;
  const depth = indices.shape.length === 0 ? 1 : (indices.shape.at(-1) ?? 1);
  const isVector = indices.shape.length < 2;
  // A vector of indices is a list of places of one axis.
  const places = isVector
    ? context.reshape(context.tensor(indices), [-1, 1])
    : context.tensor(indices);
  const axes = isVector ? 1 : depth;
  const counted = countedFromFront(context, places, shape.slice(0, axes));
  const lead = isVector ? [indices.shape[0] ?? 1] : indices.shape.slice(0, -1);
  const wanted = graph.integers([...lead, ...shape.slice(axes)]);
  const tensor = context.tensor(updates);
  const values =
    updates.shape.length === 0
      ? graph.emit('Expand', [tensor, wanted])
      : graph.emit('Reshape', [tensor, wanted]);
  return graph.emit('ScatterND', [base, graph.emit('Cast', [counted], { to: 7 }), values], {
    reduction,
  });
}

const scatterNd: Lowering = ({ outputs: [output] }, [indices, updates], context) => {
  if (output === undefined || indices === undefined || updates === undefined) return [];
  const zeros = filled(context, context.graph.scalar(0, output.dtype), output.shape);
  return lowered(scatterInto(context, zeros, indices, updates, output.shape, 'add'), output);
};

const tensorScatterUpdate: Lowering = ({ outputs: [output] }, [x, indices, updates], context) => {
  if (output === undefined || !x || !indices || !updates) return [];
  const base = context.tensor(x);
  return lowered(scatterInto(context, base, indices, updates, output.shape, 'none'), output);
};

const sparseToDense: Lowering = ({ outputs: [output] }, [indices, values, filling], context) => {
  if (output === undefined || !indices || !values || !filling) return [];
  const base = filled(context, context.reshape(context.tensor(filling), []), output.shape);
  return lowered(scatterInto(context, base, indices, values, output.shape, 'none'), output);
};

/** Rows of segments that do not exist are added to one row more, which is then cut off. */
const unsortedSegmentSum: Lowering = ({ outputs: [output] }, [x, segmentIds], context) => {
  if (output === undefined || x === undefined || segmentIds === undefined) return [];
  const { graph } = context;
  const [count = 1, ...row] = output.shape;
  const ids = context.tensor(segmentIds);
  const number = (value: number): string => graph.scalar(value, 'int32');
  const outside = graph.emit('Or', [
    graph.emit('Less', [ids, number(0)]),
    graph.emit('Greater', [ids, number(count)]),
  ]);
  const rows = graph.emit('Where', [outside, number(count), ids]);
  const places = context.reshape(graph.emit('Cast', [rows], { to: 7 }), [-1, 1]);
  const values = context.cast(context.tensor(x), x.dtype, 'float32');
  const zeros = filled(context, graph.scalar(0), [count + 1, ...row]);
  const sums = graph.emit('ScatterND', [zeros, places, values], { reduction: 'add' });
  const [from, to, axis] = [[0], [count], [0]].map((list) => graph.integers(list));
  return lowered(graph.emit('Slice', [sums, from ?? '', to ?? '', axis ?? '']), output);
};

/** Rows of zeros, with the value's numbers where row and column are the same. */
const diag: Lowering = ({ outputs: [output] }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const { graph } = context;
  const size = sizeOf(x.shape);
  const places = Array.from({ length: size }, (_, i) => i);
  const isOwn = graph.emit('Equal', [
    graph.constant(places, [size, 1], 'int32'),
    graph.constant(places, [size], 'int32'),
  ]);
  const numbers = context.reshape(context.tensor(x), [size]);
  const rows =
    x.dtype === 'bool'
      ? graph.emit('And', [isOwn, numbers])
      : graph.emit('Where', [isOwn, numbers, graph.scalar(0, x.dtype)]);
  return lowered(context.reshape(rows, output.shape), output);
};

/** Lowerings of kernels that write at given places. */
export const scatterLowerings: Lowerings = {
  Diag: diag,
  ScatterNd: scatterNd,
  TensorScatterUpdate: tensorScatterUpdate,
  SparseToDense: sparseToDense,
  UnsortedSegmentSum: unsortedSegmentSum,
};
