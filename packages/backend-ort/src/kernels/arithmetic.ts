import { broadcastShape, sameShape } from '../graph/shape.js';
import { elementWise, lowerElements } from '../lowering/element-wise.js';
import { isFull, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, Lowerings } from '../lowering/lowering-context.js';
import {
  dtypeOf,
  inputList,
  inputOf,
  recording,
  type Recorder,
  type Recorders,
} from './recorder.js';

// Kernels of numbers of one dtype.

const operators = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
} as const;

/** Numbers in, the same numbers out; booleans are left to tfjs-backend-cpu. */
export function numbers(op: string): Recorder {
  return (inputs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype === 'bool' || a.dtype !== b.dtype) return null;
    return recording(op, [a, b], broadcastShape(a.shape, b.shape), dtypeOf(a));
  };
}

/** Recorders of arithmetic; {@link exactRecorders} has that in which integers differ from real numbers. */
export const arithmeticRecorders: Recorders = {
  ...Object.fromEntries(
    [...Object.keys(operators), 'SquaredDifference'].map((op) => [op, numbers(op)]),
  ),
  RealDiv: (inputs, attributes) => {
    const isReal = inputOf(inputs, 'a').dtype === 'float32';
    return numbers(isReal ? 'RealDiv' : 'IntegerDiv')(inputs, attributes);
  },
  BitwiseAnd: (inputs, attributes) =>
    inputOf(inputs, 'a').dtype === 'int32' ? numbers('BitwiseAnd')(inputs, attributes) : null,
  AddN: (inputs) => {
    const terms = inputList(inputs);
    const [first] = terms;
    if (first === undefined || first.dtype === 'bool') return null;
    if (terms.some(({ dtype, shape }) => dtype !== first.dtype || !sameShape(shape, first.shape))) {
      return null;
    }
    return recording('AddN', terms, first.shape, dtypeOf(first));
  },
};

/** What two known numbers make, rounded to float32. */
const folds: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
};

/** By operator: the number that changes nothing as second operand, and whether it does as the first one neither. */
const neutral: Readonly<Record<string, readonly [number, boolean]>> = {
  Add: [0, true],
  Sub: [0, false],
  Multiply: [1, true],
  RealDiv: [1, false],
};

/** The other operand, where one of them changes nothing. */
function unchanged(
  op: string,
  [a, b]: readonly Lowered[],
  shape: readonly number[],
): Lowered | undefined {
  const [number, commutes] = neutral[op] ?? [];
  if (number === undefined) return undefined;
  const other = b?.constant === number ? a : commutes && a?.constant === number ? b : undefined;
  if (other === undefined || other.constant !== undefined || !isFull(other)) return undefined;
  return sameShape(other.shape, shape) ? other : undefined;
}

/** An operator of numbers, folded where the operands are known. */
function arithmetic(op: string, type: string): Lowering {
  return ({ outputs: [output] }, inputs, context) => {
    if (output === undefined) return [];
    const [a, b] = inputs;
    const fold = folds[op];
    if (fold !== undefined && output.dtype === 'float32') {
      if (a?.constant !== undefined && b?.constant !== undefined) {
        const value = Math.fround(fold(a.constant, b.constant));
        if (Number.isFinite(value)) return loweredConstant(value, output);
      }
      const same = unchanged(op, inputs, output.shape);
      if (same !== undefined) return same;
    }
    return lowerElements(context, inputs, output, (...operands) =>
      context.graph.emit(type, operands),
    );
  };
}

/** Lowerings of arithmetic. */
export const arithmeticLowerings: Lowerings = {
  ...Object.fromEntries(Object.entries(operators).map(([op, type]) => [op, arithmetic(op, type)])),
  SquaredDifference: elementWise(({ graph }, operands) => {
    const difference = graph.emit('Sub', operands);
    return graph.emit('Mul', [difference, difference]);
  }),
  BitwiseAnd: elementWise(({ graph }, operands) => graph.emit('BitwiseAnd', operands)),
  AddN: ({ outputs: [output] }, inputs, context) =>
    output === undefined
      ? []
      : inputs.reduce((sum, term) =>
          lowerElements(context, [sum, term], output, (...operands) =>
            context.graph.emit('Add', operands),
          ),
        ),
};
