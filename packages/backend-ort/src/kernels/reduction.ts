import { util } from '@tensorflow/tfjs-core';

import { onnxType, type Dtype } from '../graph/dtype.js';
import { sizeOf } from '../graph/shape.js';
import { lowered, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { lowerElements } from '../lowering/element-wise.js';
import { reduceAxes, type EmitReduction } from '../lowering/reduce-axes.js';
import type { OutputInfo } from '../recording/value.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels that reduce axes to one number.

/** Axes in rising order; `undefined` and `null` are all of them. */
function sortedAxes(axis: unknown, rank: number): number[] {
  const all = Array.from({ length: rank }, (_, i) => i);
  const given = axis === undefined || axis === null ? all : (axis as number | number[]);
  return util.parseAxisParam(given, new Array<number>(rank).fill(1)).sort((a, b) => a - b);
}

function reducedShape(
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean,
): number[] {
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
    return recording(op, [x], reducedShape(x.shape, [first], false), 'int32', { axis: first });
  };
}

const same = (dtype: Dtype): Dtype => dtype;
const number = (dtype: Dtype): Dtype => (dtype === 'bool' ? 'int32' : dtype);
const boolean = (dtype: Dtype): Dtype | null => (dtype === 'bool' ? dtype : null);

/** Recorders of reductions. */
export const reductionRecorders: Recorders = {
  Sum: reduction('Sum', number),
  Mean: reduction('Mean', () => 'float32'),
  Max: reduction('Max', same),
  Min: reduction('Min', same),
  Prod: reduction('Prod', number),
  All: reduction('All', boolean),
  Any: reduction('Any', boolean),
  ArgMax: extremeIndex('ArgMax'),
  ArgMin: extremeIndex('ArgMin'),
};

function operator(context: LoweringContext, type: string): EmitReduction {
  const { graph } = context;
  return (tensor, axes, keepDims) =>
    graph.emit(type, [tensor, graph.integers(axes)], { keepdims: keepDims ? 1 : 0 });
}

/** ONNX Runtime's extremes skip NaN; a sum of zeros and NaN, clipped to 0, brings it back. */
function extreme(context: LoweringContext, type: string): EmitReduction {
  const { graph } = context;
  return (tensor, axes, keepDims) => {
    const best = operator(context, type)(tensor, axes, keepDims);
    const zeros = graph.emit('Clip', [tensor, graph.scalar(0), graph.scalar(0)]);
    return graph.emit('Add', [best, operator(context, 'ReduceSum')(zeros, axes, keepDims)]);
  };
}

/** `all`, `any` and the extremes of booleans are extremes of integers. */
function ofBooleans(context: LoweringContext, type: string): EmitReduction {
  return (tensor, axes, keepDims) => {
    const integers = context.cast(tensor, 'bool', 'int32');
    return context.cast(operator(context, type)(integers, axes, keepDims), 'int32', 'bool');
  };
}

/** What reduces a value, by kernel. */
interface Reduction {
  readonly type: string;
  /** Reduction of a known number that occurs `count` times. */
  readonly known: (value: number, count: number) => number;
  /** How the result grows with the times that every number occurs. */
  readonly repeats: 'not' | 'times' | 'power';
}

const first = (value: number): number => value;
const reductions: Readonly<Record<string, Reduction>> = {
  Sum: { type: 'ReduceSum', known: (value, count) => value * count, repeats: 'times' },
  Mean: { type: 'ReduceMean', known: first, repeats: 'not' },
  Max: { type: 'ReduceMax', known: first, repeats: 'not' },
  Min: { type: 'ReduceMin', known: first, repeats: 'not' },
  Prod: { type: 'ReduceProd', known: (value, count) => value ** count, repeats: 'power' },
  All: { type: 'ReduceMin', known: first, repeats: 'not' },
  Any: { type: 'ReduceMax', known: first, repeats: 'not' },
};

function emitterFor(context: LoweringContext, type: string, dtype: Dtype): EmitReduction {
  if (dtype === 'bool') return ofBooleans(context, type);
  const skipsNaN = dtype === 'float32' && (type === 'ReduceMax' || type === 'ReduceMin');
  return skipsNaN ? extreme(context, type) : operator(context, type);
}

function reduceNode({ type, known, repeats }: Reduction): Lowering {
  return ({ outputs: [output], attributes }, [x], context) => {
    if (output === undefined || x === undefined) return [];
    const axes = attributes?.['axes'] as readonly number[];
    if (axes.length === 0) return converted(context, x, output);
    const lengths = axes.map((axis) => x.shape[axis] ?? 1);
    if (x.constant !== undefined) {
      const value = known(x.constant, sizeOf(lengths));
      const stored = output.dtype === 'float32' ? Math.fround(value) : value | 0;
      if (Number.isFinite(stored)) return loweredConstant(stored, output);
    }
    const times = sizeOf(lengths.map((length, i) => length / (x.extent[axes[i] ?? 0] ?? 1)));
    const mustExpand = x.constant !== undefined || (repeats === 'power' && times > 1);
    const kept = mustExpand ? lowered(context.tensor(x), x) : x;
    const emit = emitterFor(context, type, output.dtype);
    const result = reduceAxes(context, kept, axes, output, (tensor, places, keepDims) =>
      emit(context.cast(tensor, x.dtype, output.dtype), places, keepDims),
    );
    if (mustExpand || repeats !== 'times' || times === 1) return result;
    return multiplied(context, result, times);
  };
}

/** A value that is reduced along no axis. */
function converted(context: LoweringContext, x: Lowered, output: OutputInfo): Lowered {
  if (x.dtype === output.dtype) return { ...x, shape: output.shape };
  return lowerElements(context, [x], output, (tensor = '') =>
    context.cast(tensor, x.dtype, output.dtype),
  );
}

function multiplied(context: LoweringContext, x: Lowered, times: number): Lowered {
  const tensor = context.graph.emit('Mul', [
    context.compact(x, x.layout),
    context.graph.scalar(times, x.dtype),
  ]);
  return lowered(tensor, x, x.layout, x.extent);
}

/** The first place of the extreme. A NaN is neither larger nor smaller than others, but stands if it comes first. */
function indexOfExtreme(type: 'ArgMax' | 'ArgMin'): Lowering {
  return ({ outputs: [output], attributes }, [x], context) => {
    if (output === undefined || x === undefined) return [];
    if (x.constant !== undefined) return loweredConstant(0, output);
    const { graph } = context;
    const emit: EmitReduction = (tensor, places, keepDims) => {
      const index =
        x.dtype === 'float32'
          ? indexDespiteNaN(context, type, tensor, places)
          : graph.emit(type, [context.cast(tensor, x.dtype, 'int32')], {
              axis: places[0],
              keepdims: 1,
            });
      const result = graph.emit('Cast', [index], { to: onnxType.int32 });
      return keepDims ? result : graph.emit('Squeeze', [result, graph.integers(places)]);
    };
    return reduceAxes(context, x, [Number(attributes?.['axis'])], output, emit, true);
  };
}

function indexDespiteNaN(
  context: LoweringContext,
  type: 'ArgMax' | 'ArgMin',
  tensor: string,
  [place = 0]: readonly number[],
): string {
  const { graph } = context;
  const isNaN = graph.emit('IsNaN', [tensor]);
  const worst = graph.scalar(type === 'ArgMax' ? -Infinity : Infinity);
  const numbers = graph.emit('Where', [isNaN, worst, tensor]);
  const index = graph.emit(type, [numbers], { axis: place, keepdims: 1 });
  const [from, to, axis] = [[0], [1], [place]].map((list) => graph.integers(list));
  const startsWithNaN = graph.emit('Slice', [isNaN, from ?? '', to ?? '', axis ?? '']);
  return graph.emit('Where', [startsWithNaN, graph.scalar(0, 'int64'), index]);
}

/** Lowerings of reductions. */
export const reductionLowerings: Lowerings = {
  ...Object.fromEntries(Object.entries(reductions).map(([op, parts]) => [op, reduceNode(parts)])),
  ArgMax: indexOfExtreme('ArgMax'),
  ArgMin: indexOfExtreme('ArgMin'),
};
