import { isNumeric, type Dtype } from '../graph/dtype.js';
import { lowerElements } from '../lowering/element-wise.js';
import { loweredConstant } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { composed } from './arithmetic.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Kernels of one operand, element by element.

/** ONNX operators that mean the same, for real numbers. */
const realOperators = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
} as const;

/** Kernels written out in several operators, for real numbers. */
const realCompositions: Readonly<
  Record<string, (context: LoweringContext, x: string, attributes: Record<string, unknown>) => string>
> = {
  Square: ({ graph }, x) => graph.emit('Mul', [x, x]),
  Rsqrt: ({ graph }, x) => graph.emit('Div', [graph.scalar(1), graph.emit('Sqrt', [x])]),
  Relu6: ({ graph }, x) => graph.emit('Clip', [x, graph.scalar(0), graph.scalar(6)]),
  Elu: ({ graph }, x) => graph.emit('Elu', [x]),
  Selu: ({ graph }, x) =>
    graph.emit('Selu', [x], {
      alpha: { float: 1.6732632423543772 },
      gamma: { float: 1.0507009873554805 },
    }),
  LeakyRelu: ({ graph }, x, { alpha }) =>
    graph.emit('LeakyRelu', [x], { alpha: { float: Number(alpha) } }),
  ClipByValue: ({ graph }, x, { low, high }) =>
    graph.emit('Clip', [x, graph.scalar(Number(low)), graph.scalar(Number(high))]),
  // NaN compares false with everything and must come through.
  Step: ({ graph }, x, { alpha }) => {
    const positive = graph.emit('Greater', [x, graph.scalar(0)]);
    const step = graph.emit('Where', [positive, graph.scalar(1), graph.scalar(Number(alpha))]);
    return graph.emit('Where', [graph.emit('IsNaN', [x]), x, step]);
  },
};

/** Operators that ONNX Runtime has for integers too. */
const integerOperators = new Set(['Abs', 'Neg', 'Sign']);

function real(op: string, attributes?: (attrs: Record<string, unknown>) => Record<string, unknown>): Recorder {
  return (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    const integer = x.dtype === 'int32' && integerOperators.has(op);
    if (x.dtype !== 'float32' && !integer) return null;
    return recording(op, [x], x.shape, dtypeOf(x), attributes?.(attrs));
  };
}

function test(op: string): Recorder {
  return (inputs) => {
    const x = inputOf(inputs, 'x');
    return x.dtype === 'float32' ? recording(op, [x], x.shape, 'bool') : null;
  };
}

/** Recorders of kernels of one operand. */
export const unaryRecorders: Recorders = {
  ...Object.fromEntries(
    [...Object.keys(realOperators), 'Square', 'Rsqrt', 'Relu6', 'Elu', 'Selu'].map((op) => [
      op,
      real(op),
    ]),
  ),
  Step: real('Step', ({ alpha }) => ({ alpha: alpha ?? 0 })),
  LeakyRelu: real('LeakyRelu', ({ alpha }) => ({ alpha })),
  ClipByValue: real('ClipByValue', ({ clipValueMin, clipValueMax }) => ({
    low: String(clipValueMin),
    high: String(clipValueMax),
  })),
  IsNan: test('IsNan'),
  IsInf: test('IsInf'),
  IsFinite: test('IsFinite'),
  LogicalNot: (inputs) => {
    const x = inputOf(inputs, 'x');
    return x.dtype === 'bool' ? recording('LogicalNot', [x], x.shape, 'bool') : null;
  },
  Cast: (inputs, { dtype }) => {
    const x = inputOf(inputs, 'x');
    if (!isNumeric(String(dtype))) return null;
    return recording('Cast', [x], x.shape, dtype as Dtype);
  },
  Select: (inputs) => {
    const [condition, t, e] = ['condition', 't', 'e'].map((name) => inputOf(inputs, name));
    if (condition === undefined || t === undefined || e === undefined) return null;
    // A condition of rank 1 chooses whole rows.
    if (condition.shape.length !== t.shape.length) return null;
    return recording('Select', [condition, t, e], t.shape, dtypeOf(t));
  },
};

const cast: Lowering = ({ outputs: [output] }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  if (x.dtype === output.dtype) return x;
  if (x.constant !== undefined) {
    const { constant } = x;
    const value = output.dtype === 'bool' ? Number(constant !== 0) : output.dtype === 'int32' ? Math.trunc(constant) : constant;
    return loweredConstant(value, output);
  }
  return lowerElements(context, [x], output, (tensor = '') =>
    context.cast(tensor, x.dtype, output.dtype),
  );
};

/** Lowerings of kernels of one operand. */
export const unaryLowerings: Lowerings = {
  ...Object.fromEntries(
    Object.entries(realOperators).map(([op, type]) => [
      op,
      composed(({ graph }, operands) => graph.emit(type, operands)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(realCompositions).map(([op, emit]): [string, Lowering] => [
      op,
      (node, inputs, context) => {
        const [output] = node.outputs;
        return output === undefined
          ? []
          : lowerElements(context, inputs, output, (x = '') =>
              emit(context, x, node.attributes ?? {}),
            );
      },
    ]),
  ),
  IsNan: composed(({ graph }, operands) => graph.emit('IsNaN', operands)),
  IsInf: composed(({ graph }, operands) => graph.emit('IsInf', operands)),
  IsFinite: composed(({ graph }, operands) =>
    graph.emit('Not', [graph.emit('Or', [graph.emit('IsNaN', operands), graph.emit('IsInf', operands)])]),
  ),
  LogicalNot: composed(({ graph }, operands) => graph.emit('Not', operands)),
  Cast: cast,
  Select: composed((context, [condition = '', t = '', e = ''], [mask]) =>
    context.graph.emit('Where', [context.cast(condition, mask?.dtype ?? 'bool', 'bool'), t, e]),
  ),
};
