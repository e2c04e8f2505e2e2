import { elementWise } from '../lowering/element-wise.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { KernelAttributes } from '../recording/value.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels of one number.

/** ONNX operators that mean the same, for real numbers. */
const realOperators = [
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Cos',
  'Cosh',
  'Erf',
  'Exp',
  'Log',
  'Reciprocal',
  'Sin',
  'Sinh',
  'Sqrt',
  'Tanh',
] as const;

/** ONNX operators that mean the same for integers too. */
const numberOperators = ['Abs', 'Neg'] as const;

/** ONNX operators that leave integers alone, as tfjs does, but are not defined for them. */
const roundings = ['Ceil', 'Floor', 'Round'] as const;

/** What is kept of a kernel's attributes. */
type ReadAttributes = (attrs: Readonly<Record<string, unknown>>) => KernelAttributes;

/** Numbers in, the same numbers out; booleans are left to tfjs-backend-cpu. */
export function ofNumbers(op: string, attributes?: ReadAttributes): Recorder {
  return (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    return x.dtype === 'bool' ? null : recording(op, [x], x.shape, dtypeOf(x), attributes?.(attrs));
  };
}

/** As {@link ofNumbers}, of real numbers alone: of integers, tfjs-backend-cpu truncates the results. */
export function ofReals(op: string, attributes?: ReadAttributes): Recorder {
  return (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    return x.dtype === 'float32'
      ? recording(op, [x], x.shape, 'float32', attributes?.(attrs))
      : null;
  };
}

/** Recorders of kernels of one number. */
export const unaryRecorders: Recorders = {
  ...Object.fromEntries([...realOperators, 'Rsqrt', 'Log1p'].map((op) => [op, ofReals(op)])),
  ...Object.fromEntries(
    [...numberOperators, ...roundings, 'Sign', 'Square'].map((op) => [op, ofNumbers(op)]),
  ),
};

function operator(type: string): Lowering {
  return elementWise(({ graph }, operands) => graph.emit(type, operands));
}

/** What does nothing to integers. */
function rounding(type: string): Lowering {
  const ofReals = operator(type);
  return (node, inputs, context) => {
    const [x] = inputs;
    return x !== undefined && x.dtype === 'int32' ? x : ofReals(node, inputs, context);
  };
}

/** 1, 0 or -1, and 0 for NaN. */
const sign: Lowering = elementWise((context, [x = ''], { inputs: [value] }) => {
  const { graph } = context;
  if (value?.dtype === 'int32') return graph.emit('Sign', [x]);
  const is = (type: string): string =>
    context.cast(graph.emit(type, [x, graph.scalar(0)]), 'bool', 'float32');
  return graph.emit('Sub', [is('Greater'), is('Less')]);
});

/** Largest float32 that is not infinite, rounded down. */
const large = 3e38;
const tiny = 1e-38;

/**
 * `log(1 + x)` with the digits that `1 + x` loses put back: `log(u) + (x - (u - 1)) / u`, where u is `1 + x` rounded.
 * The correction is 0 at -1 and at infinity, where it would be none.
 */
function emitLog1p({ graph }: LoweringContext, x: string): string {
  const sum = graph.emit('Add', [x, graph.scalar(1)]);
  const inRange = graph.emit('Clip', [sum, graph.scalar(tiny), graph.scalar(large)]);
  const kept = graph.emit('Sub', [inRange, graph.scalar(1)]);
  const lost = graph.emit('Sub', [graph.emit('Min', [x, graph.scalar(large)]), kept]);
  return graph.emit('Add', [graph.emit('Log', [sum]), graph.emit('Div', [lost, inRange])]);
}

/** As {@link emitLog1p}, for x in [0, 1]. */
export function emitLog1pOfShare({ graph }: LoweringContext, x: string): string {
  const sum = graph.emit('Add', [x, graph.scalar(1)]);
  const lost = graph.emit('Sub', [x, graph.emit('Sub', [sum, graph.scalar(1)])]);
  return graph.emit('Add', [graph.emit('Log', [sum]), graph.emit('Div', [lost, sum])]);
}

/** Lowerings of kernels of one number. */
export const unaryLowerings: Lowerings = {
  ...Object.fromEntries([...realOperators, ...numberOperators].map((op) => [op, operator(op)])),
  ...Object.fromEntries(roundings.map((op) => [op, rounding(op)])),
  Square: elementWise(({ graph }, [x = '']) => graph.emit('Mul', [x, x])),
  Rsqrt: elementWise(({ graph }, operands) =>
    graph.emit('Div', [graph.scalar(1), graph.emit('Sqrt', operands)]),
  ),
  Sign: sign,
  Log1p: elementWise((context, [x = '']) => emitLog1p(context, x)),
};
