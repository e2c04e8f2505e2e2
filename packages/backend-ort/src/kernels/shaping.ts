import { backend_util, util } from '@tensorflow/tfjs-core';

import { sameShape, sizeOf } from '../graph/shape.js';
import { isFull, lowered, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { byMemoryAxis, fromMemoryOrder, inLayout, memoryOrder } from '../lowering/memory-order.js';
import type { OutputInfo } from '../recording/value.js';
import { dtypeOf, inputList, inputOf, recording, type Recorders } from './recorder.js';

// Kernels that give tensors other shapes, or join and repeat them.

/** Recorders of kernels that change shapes. */
export const shapingRecorders: Recorders = {
  Transpose: (inputs, { perm }) => {
    const x = inputOf(inputs, 'x');
    const permutation = perm as number[];
    const shape = permutation.map((axis) => x.shape[axis] ?? 1);
    return recording('Transpose', [x], shape, dtypeOf(x), { permutation });
  },
  Concat: (inputs, { axis }) => {
    const given = inputList(inputs);
    const [first] = given;
    if (first === undefined || given.some(({ dtype }) => dtype !== first.dtype)) return null;
    const [at = 0] = util.parseAxisParam(axis as number, first.shape);
    const shapes = given.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, at);
    const shape = backend_util.computeOutShape(shapes, at);
    const parts = given.filter((part) => sizeOf(part.shape) > 0);
    return recording('Concat', parts, shape, dtypeOf(first), { axis: at });
  },
  Pack: (inputs, { axis }) => {
    const parts = inputList(inputs);
    const [first] = parts;
    if (first === undefined) return null;
    for (const { shape, dtype } of parts) {
      const message = 'All tensors passed to stack must have matching';
      util.assertShapesMatch(first.shape, shape, `${message} shapes`);
      util.assert(first.dtype === dtype, () => `${message} dtypes`);
    }
    const at = Number(axis) < 0 ? Number(axis) + first.shape.length + 1 : Number(axis);
    const shape = [...first.shape.slice(0, at), parts.length, ...first.shape.slice(at)];
    return recording('Pack', parts, shape, dtypeOf(first), { axis: at });
  },
  Tile: (inputs, { reps }) => {
    const x = inputOf(inputs, 'x');
    const repeats = reps as number[];
    const shape = x.shape.map((length, i) => length * (repeats[i] ?? 1));
    return recording('Tile', [x], shape, dtypeOf(x), { repeats });
  },
  BroadcastTo: (inputs, { shape }) => {
    const x = inputOf(inputs, 'x');
    return recording('BroadcastTo', [x], shape as number[], dtypeOf(x));
  },
};

const reshape: Lowering = ({ outputs: [output] }, [x], context) =>
  output === undefined || x === undefined ? [] : reshaped(context, x, output);

/** A value with another shape; maps of one row and column, and vectors, keep their layout. */
export function reshaped(context: LoweringContext, x: Lowered, output: OutputInfo): Lowered {
  const { shape, dtype } = output;
  if (sameShape(x.shape, shape)) return x;
  if (x.constant !== undefined) {
    return { ...x, shape, extent: shape.map(() => 1), tensors: new Map() };
  }
  if (sizeOf(x.extent) === 1) {
    const ones = shape.map(() => 1);
    return lowered(context.reshape(context.compact(x, x.layout), ones), output, 'plain', ones);
  }
  if (isFull(x) && x.layout !== 'plain' && isSingleSpot(x.shape)) {
    // [n, 1, 1, c] lies as [n, c, 1, 1].
    return lowered(context.reshape(context.tensor(x, 'nchw'), shape), { shape, dtype });
  }
  return lowered(context.reshape(context.tensor(x, 'plain'), shape), { shape, dtype });
}

function isSingleSpot(shape: readonly number[]): boolean {
  return shape.length === 4 && shape[1] === 1 && shape[2] === 1;
}

/** Parts joined along an axis; maps in the layout that one of them lies in. */
export function lowerConcat(
  context: LoweringContext,
  parts: readonly Lowered[],
  axis: number,
  output: OutputInfo,
): Lowered {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const channels = parts.map(({ shape }) => shape[3] ?? 0);
  const isMap = output.shape.length === 4 && parts.some(({ layout }) => layout !== 'plain');
  const inBlocks =
    isMap &&
    parts.some(({ layout }) => layout === 'blocked') &&
    parts.every(({ dtype }) => dtype === 'float32') &&
    context.blocks(...channels);
  const layout = inBlocks ? 'blocked' : isMap ? 'nchw' : 'plain';
  const [order, ...rest] = parts.map((part) => inLayout(context, part, layout));
  if (order === undefined) throw new Error('backend ort: Concat came without inputs.');
  const tensors = [order, ...rest].map(({ tensor }) => tensor);
  const joined = context.graph.emit('Concat', tensors, { axis: order.axes[axis] ?? 0 });
  return fromMemoryOrder(context, order, joined, output);
}

const concat: Lowering = ({ outputs: [output], attributes }, inputs, context) =>
  output === undefined ? [] : lowerConcat(context, inputs, Number(attributes?.['axis']), output);

const pack: Lowering = ({ outputs: [output], attributes }, inputs, context) => {
  if (output === undefined) return [];
  const axis = Number(attributes?.['axis']);
  const thin = output.shape.map((length, i) => (i === axis ? 1 : length));
  const parts = inputs.map((x) => context.reshape(context.tensor(x), thin));
  return lowered(context.graph.emit('Concat', parts, { axis }), output);
};

/** A map with channels first is turned from there, which may be no turn at all. */
const transpose: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const permutation = attributes?.['permutation'] as readonly number[];
  const { tensor, axes } = memoryOrder(context, x, false);
  const turn = permutation.map((axis) => axes[axis] ?? 0);
  const inPlace = turn.every((axis, i) => axis === i);
  return lowered(inPlace ? tensor : context.transpose(tensor, turn), output);
};

/** A value repeated along axes of length 1 is kept once. */
function broadcast(x: Lowered, output: OutputInfo, context: LoweringContext): Lowered {
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const extent = [...new Array<number>(output.shape.length - x.extent.length).fill(1), ...x.extent];
  if (x.extent.length === output.shape.length) {
    return { ...x, shape: output.shape, extent };
  }
  return lowered(context.reshape(context.compact(x), extent), output, 'plain', extent);
}

const tile: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const repeats = attributes?.['repeats'] as readonly number[];
  if (x.shape.every((length, axis) => length === 1 || repeats[axis] === 1)) {
    return broadcast(x, output, context);
  }
  const order = memoryOrder(context, x, true);
  const times = context.graph.integers(byMemoryAxis(order, repeats, 1));
  const tensor = context.graph.emit('Tile', [order.tensor, times]);
  return fromMemoryOrder(context, order, tensor, output);
};

/** Lowerings of kernels that change shapes. */
export const shapingLowerings: Lowerings = {
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Pack: pack,
  Tile: tile,
  BroadcastTo: ({ outputs: [output] }, [x], context) =>
    output === undefined || x === undefined ? [] : broadcast(x, output, context),
};
