import type { Dtype } from '../graph/dtype.js';
import { broadcastShape } from '../graph/shape.js';
import { elementWise } from '../lowering/element-wise.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { numbers } from './arithmetic.js';
import { doubleConstant, fromDouble, toDouble } from './casting.js';
import { inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels that tfjs computes in JavaScript's float64 and whose results depend on it: a remainder of nearly the divisor,
// a quotient of integers, of which ONNX Runtime's own end the process where the divisor is 0.

function real(op: string): Recorder {
  return (inputs) => {
    const x = inputOf(inputs, 'x');
    return x.dtype === 'float32' ? recording(op, [x], x.shape, 'float32') : null;
  };
}

/** Recorders of kernels computed in float64. */
export const exactRecorders: Recorders = {
  FloorDiv: (inputs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype === 'bool' || a.dtype !== b.dtype) return null;
    return recording('FloorDiv', [a, b], broadcastShape(a.shape, b.shape), 'int32');
  },
  Mod: numbers('Mod'),
  Pow: (inputs, attributes) => {
    const isReal = inputOf(inputs, 'a').dtype === 'float32';
    return numbers(isReal ? 'Pow' : 'IntegerPow')(inputs, attributes);
  },
  Tan: real('Tan'),
  Expm1: real('Expm1'),
};

function isNegative(context: LoweringContext, double: string): string {
  return context.graph.emit('Less', [double, doubleConstant(context, 0)]);
}

/** The result has the divisor's sign, as in Python. */
function modulo(context: LoweringContext, [a = '', b = '']: readonly string[]): string {
  const { graph } = context;
  const rest = graph.emit('Mod', [a, b], { fmod: 1 });
  const turned = graph.emit('Mod', [graph.emit('Add', [rest, b]), b], { fmod: 1 });
  const sameSign = graph.emit('Equal', [isNegative(context, a), isNegative(context, b)]);
  return graph.emit('Where', [sameSign, rest, turned]);
}

/** JavaScript's power: NaN where the base is 1 or -1 and the exponent not finite, where C says 1. */
function power(context: LoweringContext, [a = '', b = '']: readonly string[]): string {
  const { graph } = context;
  const result = graph.emit('Pow', [a, b]);
  const ofOne = graph.emit('Equal', [graph.emit('Abs', [a]), graph.scalar(1)]);
  const isFinite = graph.emit('Less', [graph.emit('Abs', [b]), graph.scalar(Infinity)]);
  const undefinedThere = graph.emit('And', [ofOne, graph.emit('Not', [isFinite])]);
  return graph.emit('Where', [undefinedThere, graph.scalar(NaN), result]);
}

/** A kernel written in float64. */
function inDoubles(
  emit: (context: LoweringContext, operands: readonly string[]) => string,
  dtype?: Dtype,
): Lowering {
  return elementWise((context, operands, { inputs: [first] }) => {
    const doubles = operands.map((operand) => toDouble(context, operand));
    return fromDouble(context, emit(context, doubles), dtype ?? first?.dtype ?? 'float32');
  });
}

/** Lowerings of kernels computed in float64. */
export const exactLowerings: Lowerings = {
  FloorDiv: inDoubles(
    ({ graph }, operands) => graph.emit('Floor', [graph.emit('Div', operands)]),
    'int32',
  ),
  IntegerDiv: inDoubles(({ graph }, operands) => graph.emit('Div', operands)),
  IntegerPow: inDoubles(({ graph }, operands) => graph.emit('Pow', operands)),
  Mod: inDoubles(modulo),
  Pow: elementWise((context, operands, { inputs: [, exponent] }) =>
    exponent?.constant === undefined
      ? power(context, operands)
      : context.graph.emit('Pow', operands),
  ),
  Tan: inDoubles(({ graph }, [x = '']) =>
    graph.emit('Div', [graph.emit('Sin', [x]), graph.emit('Cos', [x])]),
  ),
  // Of the smallest numbers even float64 loses the digits beside 1; they are their own result.
  Expm1: elementWise((context, [x = '']) => {
    const { graph } = context;
    const exponential = graph.emit('Exp', [toDouble(context, x)]);
    const less = graph.emit('Sub', [exponential, doubleConstant(context, 1)]);
    const isTiny = graph.emit('Less', [graph.emit('Abs', [x]), graph.scalar(1e-7)]);
    return graph.emit('Where', [isTiny, x, fromDouble(context, less, 'float32')]);
  }),
};
