import { util } from '@tensorflow/tfjs-core';

import type { Dtype } from '../graph/dtype.js';
import { sizeOf } from '../graph/shape.js';
import { isFull, lowered, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { OutputInfo, RecordedNode } from '../recording/value.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels that reduce axes to one number.

const reductions = {
  Sum: 'ReduceSum',
  Mean: 'ReduceMean',
  Max: 'ReduceMax',
  Min: 'ReduceMin',
  Prod: 'ReduceProd',
} as const;

/** Axes in rising order; `undefined` and `null` are all of them. */
function sortedAxes(axis: unknown, rank: number): number[] {
  const all = Array.from({ length: rank }, (_, i) => i);
  const given = axis === undefined || axis === null ? all : (axis as number | number[]);
  return util.parseAxisParam(given, new Array<number>(rank).fill(1)).sort((a, b) => a - b);
}

function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((length, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [length]));
}

function reduction(op: string, dtypeFor: (dtype: Dtype) => Dtype | null): Recorder {
  return (inputs, { axis, reductionIndices, keepDims }) => {
    const x = inputOf(inputs, 'x');
    const dtype = dtypeFor(dtypeOf(x));
    if (dtype === null) return null;
    const axes = sortedAxes(axis ?? reductionIndices, x.shape.length);
    const keep = keepDims === true;
    return recording(op, [x], reducedShape(x.shape, axes, keep), dtype, { axes, keep });
  };
}

function extremeIndex(op: string): Recorder {
  return (inputs, { axis }) => {
    const x = inputOf(inputs, 'x');
    const [first = 0] = sortedAxes(axis, x.shape.length);
    if (x.dtype === 'bool') return null;
    return recording(op, [x], reducedShape(x.shape, [first], false), 'int32', { axis: first });
  };
}

const sameNumber = (dtype: Dtype): Dtype | null => (dtype === 'bool' ? null : dtype);

/** Recorders of reductions. */
export const reductionRecorders: Recorders = {
  Sum: reduction('Sum', (dtype) => (dtype === 'bool' ? 'int32' : dtype)),
  Mean: reduction('Mean', (dtype) => (dtype === 'float32' ? dtype : null)),
  Max: reduction('Max', sameNumber),
  Min: reduction('Min', sameNumber),
  Prod: reduction('Prod', sameNumber),
  All: reduction('All', (dtype) => (dtype === 'bool' ? dtype : null)),
  Any: reduction('Any', (dtype) => (dtype === 'bool' ? dtype : null)),
  ArgMax: extremeIndex('ArgMax'),
  ArgMin: extremeIndex('ArgMin'),
};

/** Where the axes of a map lie in channels-first order. */
const channelsFirstAxis = [0, 2, 3, 1];

/**
 * Reduces a map in the layout it lies in, when the result's axes then come in the right order.
 * @returns `undefined` if they do not, or if it is no such map.
 */
function reduceMap(
  context: LoweringContext,
  type: string,
  x: Lowered,
  axes: readonly number[],
  keep: boolean,
  output: OutputInfo,
): Lowered | undefined {
  if (x.shape.length !== 4 || x.layout === 'plain' || axes.length === 0) return undefined;
  const left = [0, 1, 2, 3].filter((axis) => !axes.includes(axis));
  const channelsMoved = left.includes(3) && (left.includes(1) || left.includes(2));
  if (!keep && channelsMoved) return undefined;
  const moved = context.graph.integers(axes.map((axis) => channelsFirstAxis[axis] ?? 0));
  const tensor = context.graph.emit(type, [context.tensor(x, 'nchw'), moved], {
    keepdims: keep ? 1 : 0,
  });
  return lowered(tensor, output, keep ? 'nchw' : 'plain');
}

function reduceNode(type: string): Lowering {
  return ({ outputs: [output], attributes }: RecordedNode, [x], context) => {
    if (output === undefined || x === undefined) return [];
    const axes = attributes?.['axes'] as readonly number[];
    const keep = attributes?.['keep'] === true;
    if (axes.length === 0 && x.dtype === output.dtype) return { ...x, shape: output.shape };
    if (x.constant !== undefined && x.dtype === 'float32') {
      const known = reduceConstant(type, x.constant, sizeOf(axes.map((axis) => x.shape[axis] ?? 1)));
      if (known !== undefined) return loweredConstant(known, output);
    }
    const map = isFull(x) ? reduceMap(context, type, x, axes, keep, output) : undefined;
    if (map !== undefined) return map;
    const tensor = context.cast(context.tensor(x, 'plain'), x.dtype, output.dtype);
    const inputs = [tensor, context.graph.integers(axes)];
    return lowered(context.graph.emit(type, inputs, { keepdims: keep ? 1 : 0 }), output);
  };
}

function reduceConstant(type: string, constant: number, count: number): number | undefined {
  if (type === 'ReduceSum') return Math.fround(constant * count);
  return type === 'ReduceProd' ? undefined : constant;
}

/** `all` and `any` as the least and the largest of integers. */
function reduceBooleans(type: string): Lowering {
  return ({ outputs: [output], attributes }, [x], context) => {
    if (output === undefined || x === undefined) return [];
    const axes = context.graph.integers(attributes?.['axes'] as readonly number[]);
    const integers = context.cast(context.tensor(x), 'bool', 'int32');
    const reduced = context.graph.emit(type, [integers, axes], {
      keepdims: attributes?.['keep'] === true ? 1 : 0,
    });
    return lowered(context.cast(reduced, 'int32', 'bool'), output);
  };
}

function indexOfExtreme(type: string): Lowering {
  return ({ outputs: [output], attributes }, [x], context) => {
    if (output === undefined || x === undefined) return [];
    const axis = Number(attributes?.['axis']);
    const index = context.graph.emit(type, [context.tensor(x)], { axis, keepdims: 0 });
    return lowered(context.graph.emit('Cast', [index], { to: 6 }), output);
  };
}

/** Lowerings of reductions. */
export const reductionLowerings: Lowerings = {
  ...Object.fromEntries(Object.entries(reductions).map(([op, type]) => [op, reduceNode(type)])),
  All: reduceBooleans('ReduceMin'),
  Any: reduceBooleans('ReduceMax'),
  ArgMax: indexOfExtreme('ArgMax'),
  ArgMin: indexOfExtreme('ArgMin'),
};
