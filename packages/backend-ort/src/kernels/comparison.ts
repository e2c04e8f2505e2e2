import { broadcastShape, sameShape } from '../graph/shape.js';
import { elementWise } from '../lowering/element-wise.js';
import { loweredConstant } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels that ask, and those that choose by the answers.

const comparisons = {
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  Equal: 'Equal',
} as const;

const logicalOperators = { LogicalAnd: 'And', LogicalOr: 'Or' } as const;

/** What each test of a number says of every integer. */
const tests = { IsNan: false, IsInf: false, IsFinite: true } as const;

function comparison(op: string): Recorder {
  return (inputs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype !== b.dtype) return null;
    return recording(op, [a, b], broadcastShape(a.shape, b.shape), 'bool');
  };
}

function logical(op: string): Recorder {
  return (inputs, attributes) =>
    inputOf(inputs, 'a').dtype === 'bool' ? comparison(op)(inputs, attributes) : null;
}

function test(op: string): Recorder {
  return (inputs) => {
    const x = inputOf(inputs, 'x');
    return recording(op, [x], x.shape, 'bool');
  };
}

/** Recorders of kernels that compare and choose. */
export const comparisonRecorders: Recorders = {
  ...Object.fromEntries(
    [...Object.keys(comparisons), 'NotEqual'].map((op) => [op, comparison(op)]),
  ),
  ...Object.fromEntries(Object.keys(logicalOperators).map((op) => [op, logical(op)])),
  ...Object.fromEntries(Object.keys(tests).map((op) => [op, test(op)])),
  LogicalNot: (inputs) => {
    const x = inputOf(inputs, 'x');
    return x.dtype === 'bool' ? recording('LogicalNot', [x], x.shape, 'bool') : null;
  },
  Select: (inputs) => {
    const [condition, t, e] = ['condition', 't', 'e'].map((name) => inputOf(inputs, name));
    if (condition === undefined || t === undefined || e === undefined) return null;
    // A condition of rank 1 chooses whole rows.
    if (!sameShape(condition.shape, t.shape) || !sameShape(e.shape, t.shape)) return null;
    if (condition.dtype !== 'bool' || t.dtype !== e.dtype) return null;
    return recording('Select', [condition, t, e], t.shape, dtypeOf(t));
  },
};

/** Operators that ONNX defines for numbers alone see booleans as integers. */
function compare(type: string): Lowering {
  return elementWise((context, operands, { inputs: [a] }) => {
    const asIntegers = a?.dtype === 'bool' && type !== 'Equal';
    const given = asIntegers ? operands.map((x) => context.cast(x, 'bool', 'int32')) : operands;
    return context.graph.emit(type, given);
  });
}

/** A test of real numbers, whose answer for others is known. */
function testNumber(
  ofOthers: boolean,
  emit: (context: LoweringContext, operands: readonly string[]) => string,
): Lowering {
  const ofReals = elementWise(emit);
  return (node, inputs, context) => {
    const [output] = node.outputs;
    if (output === undefined) return [];
    if (inputs[0]?.dtype === 'float32') return ofReals(node, inputs, context);
    return loweredConstant(Number(ofOthers), output);
  };
}

const select: Lowering = elementWise((context, [mask = '', t = '', e = ''], { inputs }) => {
  const { graph } = context;
  if (inputs[1]?.dtype !== 'bool') return graph.emit('Where', [mask, t, e]);
  const otherwise = graph.emit('And', [graph.emit('Not', [mask]), e]);
  return graph.emit('Or', [graph.emit('And', [mask, t]), otherwise]);
});

/** Lowerings of kernels that compare and choose. */
export const comparisonLowerings: Lowerings = {
  ...Object.fromEntries(Object.entries(comparisons).map(([op, type]) => [op, compare(type)])),
  NotEqual: elementWise(({ graph }, operands) =>
    graph.emit('Not', [graph.emit('Equal', operands)]),
  ),
  ...Object.fromEntries(
    Object.entries(logicalOperators).map(([op, type]) => [
      op,
      elementWise(({ graph }, operands) => graph.emit(type, operands)),
    ]),
  ),
  LogicalNot: elementWise(({ graph }, operands) => graph.emit('Not', operands)),
  IsNan: testNumber(tests.IsNan, ({ graph }, operands) => graph.emit('IsNaN', operands)),
  IsInf: testNumber(tests.IsInf, ({ graph }, operands) => graph.emit('IsInf', operands)),
  IsFinite: testNumber(tests.IsFinite, ({ graph }, operands) =>
    graph.emit('Less', [graph.emit('Abs', operands), graph.scalar(Infinity)]),
  ),
  Select: select,
};
