import { broadcastShape } from '../graph/shape.js';
import { lowerElements } from '../lowering/element-wise.js';
import { isFull, loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels of two operands of one dtype.

const numberOperators = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
} as const;

const comparisonOperators = {
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  Equal: 'Equal',
} as const;

const logicalOperators = { LogicalAnd: 'And', LogicalOr: 'Or' } as const;

/** Numbers in, the same numbers out; booleans are left to tfjs-backend-cpu. */
function numbers(op: string): Recorder {
  return (inputs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype === 'bool' || a.dtype !== b.dtype) return null;
    return recording(op, [a, b], broadcastShape(a.shape, b.shape), dtypeOf(a));
  };
}

/** As {@link numbers}, for operators whose meaning for integers differs from tfjs's. */
function reals(op: string): Recorder {
  return (inputs, attributes) =>
    inputOf(inputs, 'a').dtype === 'float32' ? numbers(op)(inputs, attributes) : null;
}

function comparison(op: string): Recorder {
  return (inputs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype !== b.dtype) return null;
    return recording(op, [a, b], broadcastShape(a.shape, b.shape), 'bool');
  };
}

/** Recorders of kernels of two operands. */
export const arithmeticRecorders: Recorders = {
  ...Object.fromEntries(
    [...Object.keys(numberOperators), 'SquaredDifference'].map((op) => [op, numbers(op)]),
  ),
  RealDiv: reals('RealDiv'),
  FloorDiv: reals('FloorDiv'),
  Mod: reals('Mod'),
  Pow: reals('Pow'),
  Atan2: () => null,
  Prelu: (inputs) => {
    const [x, alpha] = [inputOf(inputs, 'x'), inputOf(inputs, 'alpha')];
    return recording('Prelu', [x, alpha], broadcastShape(x.shape, alpha.shape), dtypeOf(x));
  },
  ...Object.fromEntries(
    [...Object.keys(comparisonOperators), 'NotEqual'].map((op) => [op, comparison(op)]),
  ),
  ...Object.fromEntries(Object.keys(logicalOperators).map((op) => [op, comparison(op)])),
  AddN: (inputs) => {
    const terms = Object.values(inputs).filter((term) => term !== undefined);
    const [first] = terms;
    if (first === undefined || first.dtype === 'bool') return null;
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

function isConstant(value: Lowered | undefined, constant: number): boolean {
  return value?.constant === constant;
}

/** The other operand, where one of them changes nothing: `x * 1`, `x / 1`, `x + 0`, `x - 0`. */
function unchanged(op: string, [a, b]: readonly Lowered[], shape: readonly number[]): Lowered | undefined {
  const [neutral, commutes] =
    op === 'Multiply' ? [1, true] : op === 'RealDiv' ? [1, false] : op === 'Add' ? [0, true] : [0, false];
  const other = isConstant(b, neutral) ? a : commutes && isConstant(a, neutral) ? b : undefined;
  if (other === undefined || other.constant !== undefined || !isFull(other)) return undefined;
  return other.shape.length === shape.length && other.shape.every((n, i) => n === shape[i])
    ? other
    : undefined;
}

/** An operator of numbers, folded where the operands are known. */
function arithmetic(op: string, type: string): Lowering {
  return ({ outputs: [output] }, inputs, context) => {
    if (output === undefined) return [];
    const [a, b] = inputs;
    const fold = folds[op];
    if (fold !== undefined && output.dtype === 'float32') {
      if (a?.constant !== undefined && b?.constant !== undefined) {
        return loweredConstant(Math.fround(fold(a.constant, b.constant)), output);
      }
      const same = unchanged(op, inputs, output.shape);
      if (same !== undefined) return same;
    }
    return lowerElements(context, inputs, output, (...operands) =>
      context.graph.emit(type, operands),
    );
  };
}

/** Operators that ONNX defines for numbers alone see booleans as integers. */
function compare(type: string): Lowering {
  return ({ outputs: [output] }, inputs, context) => {
    if (output === undefined) return [];
    const fromBool = inputs.some(({ dtype }) => dtype === 'bool') && type !== 'Equal';
    return lowerElements(context, inputs, output, (...operands) =>
      context.graph.emit(
        type,
        fromBool ? operands.map((name) => context.cast(name, 'bool', 'int32')) : operands,
      ),
    );
  };
}

/** An element-wise kernel written out in operators. */
export function composed(
  emit: (context: LoweringContext, operands: readonly string[], inputs: readonly Lowered[]) => string,
): Lowering {
  return ({ outputs: [output] }, inputs, context) =>
    output === undefined
      ? []
      : lowerElements(context, inputs, output, (...operands) => emit(context, operands, inputs));
}

/** Lowerings of kernels of two operands. */
export const arithmeticLowerings: Lowerings = {
  ...Object.fromEntries(
    Object.entries(numberOperators).map(([op, type]) => [op, arithmetic(op, type)]),
  ),
  ...Object.fromEntries(
    Object.entries(comparisonOperators).map(([op, type]) => [op, compare(type)]),
  ),
  NotEqual: composed(({ graph }, operands) => graph.emit('Not', [graph.emit('Equal', operands)])),
  ...Object.fromEntries(
    Object.entries(logicalOperators).map(([op, type]) => [
      op,
      composed((context, operands, inputs) =>
        context.graph.emit(
          type,
          operands.map((name, i) => context.cast(name, inputs[i]?.dtype ?? 'bool', 'bool')),
        ),
      ),
    ]),
  ),
  SquaredDifference: composed(({ graph }, operands) => {
    const difference = graph.emit('Sub', operands);
    return graph.emit('Mul', [difference, difference]);
  }),
  FloorDiv: composed(({ graph }, operands) => graph.emit('Floor', [graph.emit('Div', operands)])),
  // The result has the divisor's sign, as in Python.
  Mod: composed(({ graph }, [a = '', b = '']) => {
    const rest = graph.emit('Mod', [a, b], { fmod: 1 });
    return graph.emit('Mod', [graph.emit('Add', [rest, b]), b], { fmod: 1 });
  }),
  Pow: composed(({ graph }, operands) => graph.emit('Pow', operands)),
  Prelu: composed((context, [x = '', alpha = ''], inputs) => {
    const { graph } = context;
    const dtype = inputs[0]?.dtype ?? 'float32';
    const negative = graph.emit('Less', [x, graph.scalar(0, dtype)]);
    return graph.emit('Where', [negative, graph.emit('Mul', [x, alpha]), x]);
  }),
  AddN: ({ outputs: [output] }, inputs, context) =>
    output === undefined
      ? []
      : inputs.reduce((sum, term) =>
          lowerElements(context, [sum, term], output, (a, b) => context.graph.emit('Add', [a ?? '', b ?? ''])),
        ),
};
