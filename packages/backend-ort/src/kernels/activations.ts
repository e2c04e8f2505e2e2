import { backend_util } from '@tensorflow/tfjs-core';

import { broadcastShape, sameShape } from '../graph/shape.js';
import { elementWise, lowerElements } from '../lowering/element-wise.js';
import { isFull, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { KernelAttributes } from '../recording/value.js';
import { inputOf, recording, type Recorder, type Recorders } from './recorder.js';
import { emitLog1pOfShare, ofNumbers, ofReals } from './unary.js';

// Activation functions, and what their gradients consist of.

/** Writes a function of one number. */
type EmitActivation = (context: LoweringContext, x: string, attributes: KernelAttributes) => string;

/** A gradient that is known from the function's result. */
function gradientOfResult(op: string): Recorder {
  return (inputs) => {
    const [dy, y] = [inputOf(inputs, 'dy'), inputOf(inputs, 'y')];
    const reals = dy.dtype === 'float32' && y.dtype === 'float32';
    return reals ? recording(op, [dy, y], y.shape, 'float32') : null;
  };
}

/** Recorders of activation functions. Bounds are kept as texts: JSON, which tells recordings apart, has no infinity. */
export const activationRecorders: Recorders = {
  Relu: ofNumbers('Relu'),
  Relu6: ofNumbers('Relu6'),
  ClipByValue: ofNumbers('ClipByValue', ({ clipValueMin, clipValueMax }) => ({
    low: String(clipValueMin),
    high: String(clipValueMax),
  })),
  Elu: ofReals('Elu'),
  Selu: ofReals('Selu'),
  Sigmoid: ofReals('Sigmoid'),
  Softplus: ofReals('Softplus'),
  Step: ofReals('Step', ({ alpha }) => ({ alpha: alpha ?? 0 })),
  LeakyRelu: ofReals('LeakyRelu', ({ alpha }) => ({ alpha })),
  Prelu: (inputs) => {
    const [x, alpha] = [inputOf(inputs, 'x'), inputOf(inputs, 'alpha')];
    return recording('Prelu', [x, alpha], broadcastShape(x.shape, alpha.shape), 'float32');
  },
  EluGrad: gradientOfResult('EluGrad'),
  // A kernel of this backend's own, which the simplification of graphs makes, too.
  ReluGrad: gradientOfResult('ReluGrad'),
};

/** Turns every positive float32 above 3e-39 into at least 1. */
const steepness = 3e38;

/** Activation functions of real numbers. */
const emitters = {
  Relu: ({ graph }, x) => graph.emit('Relu', [x]),
  Relu6: ({ graph }, x) => graph.emit('Clip', [x, graph.scalar(0), graph.scalar(6)]),
  Elu: ({ graph }, x) => graph.emit('Elu', [x]),
  Selu: ({ graph }, x) =>
    graph.emit('Selu', [x], {
      alpha: { float: backend_util.SELU_SCALEALPHA / backend_util.SELU_SCALE },
      gamma: { float: backend_util.SELU_SCALE },
    }),
  LeakyRelu: ({ graph }, x, { alpha }) =>
    graph.emit('LeakyRelu', [x], { alpha: { float: Number(alpha) } }),
  // ONNX Runtime's own is 0 below -18, where its logarithm is still wanted.
  Sigmoid: ({ graph }, x) => {
    const inverse = graph.emit('Exp', [graph.emit('Neg', [x])]);
    return graph.emit('Div', [graph.scalar(1), graph.emit('Add', [inverse, graph.scalar(1)])]);
  },
  // `log(1 + exp(x))` without overflow; ONNX Runtime's own takes three times as long.
  Softplus: (context, x) => {
    const { graph } = context;
    const share = graph.emit('Exp', [graph.emit('Neg', [graph.emit('Abs', [x])])]);
    return graph.emit('Add', [graph.emit('Relu', [x]), emitLog1pOfShare(context, share)]);
  },
  Step: ({ graph }, x, { alpha }) => {
    if (alpha === 0) {
      const line = { alpha: { float: steepness }, beta: { float: 0 } };
      return graph.emit('HardSigmoid', [x], line);
    }
    // NaN compares false with everything and must come through.
    const positive = graph.emit('Greater', [x, graph.scalar(0)]);
    const step = graph.emit('Where', [positive, graph.scalar(1), graph.scalar(Number(alpha))]);
    return graph.emit('Where', [graph.emit('IsNaN', [x]), x, step]);
  },
} as const satisfies Readonly<Record<string, EmitActivation>>;

const integerBounds = [-(2 ** 31), 2 ** 31 - 1] as const;

/** Integers are cut at bounds of whole numbers, rounded towards zero as tfjs stores them. */
function clip(
  context: LoweringContext,
  x: Lowered,
  tensor: string,
  bounds: readonly number[],
): string {
  const { graph } = context;
  const [lowest, highest] = integerBounds;
  const limits = bounds.map((bound) =>
    x.dtype === 'int32' ? Math.trunc(Math.min(highest, Math.max(lowest, bound))) : bound,
  );
  return graph.emit('Clip', [tensor, ...limits.map((limit) => graph.scalar(limit, x.dtype))]);
}

/** Slopes of negative numbers, one per channel or one for each. */
function lowerPrelu(
  context: LoweringContext,
  x: Lowered,
  alpha: Lowered,
  output: Pick<Lowered, 'shape' | 'dtype'>,
): Lowered {
  const { graph } = context;
  // ONNX's operator repeats the slopes alone.
  const isWhole = isFull(x) && sameShape(x.shape, output.shape);
  return lowerElements(context, [x, alpha], output, (number = '', slope = '') => {
    const [a, b] = [
      context.cast(number, x.dtype, 'float32'),
      context.cast(slope, alpha.dtype, 'float32'),
    ];
    if (isWhole) return graph.emit('PRelu', [a, b]);
    const negative = graph.emit('Less', [a, graph.scalar(0)]);
    return graph.emit('Where', [negative, graph.emit('Mul', [a, b]), a]);
  });
}

/** What tfjs's fused kernels end with. */
export interface FusedActivation {
  /** In tfjs's words: `linear`, `relu`, `relu6`, `elu`, `sigmoid`, `leakyrelu` or `prelu`. */
  readonly name: string;
  /** Slope of negative numbers, for `leakyrelu`. */
  readonly alpha?: number | undefined;
  /** Slopes of negative numbers, for `prelu`. */
  readonly slopes?: Lowered | undefined;
}

const fusedActivations: Readonly<Record<string, keyof typeof emitters>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

/** Whether {@link lowerActivation} knows an activation. */
export function isFusedActivation(name: string): boolean {
  return name === 'linear' || name === 'prelu' || name in fusedActivations;
}

/** An activation at the end of a fused kernel. */
export function lowerActivation(
  context: LoweringContext,
  x: Lowered,
  { name, alpha, slopes }: FusedActivation,
): Lowered {
  if (name === 'prelu' && slopes !== undefined) return lowerPrelu(context, x, slopes, x);
  const op = fusedActivations[name];
  if (op === undefined) return x;
  const emit: EmitActivation = emitters[op];
  return lowerElements(context, [x], x, (tensor = '') => emit(context, tensor, { alpha }));
}

/** Lowerings of activation functions. */
export const activationLowerings: Lowerings = {
  ...Object.fromEntries(
    Object.entries<EmitActivation>(emitters).map(([op, emit]): [string, Lowering] => [
      op,
      elementWise((context, [x = ''], { attributes }) => emit(context, x, attributes)),
    ]),
  ),
  Relu6: elementWise((context, [x = ''], { inputs: [value] }) =>
    value === undefined ? '' : clip(context, value, x, [0, 6]),
  ),
  ClipByValue: elementWise((context, [x = ''], { inputs: [value], attributes: { low, high } }) =>
    value === undefined ? '' : clip(context, value, x, [Number(low), Number(high)]),
  ),
  Prelu: ({ outputs: [output] }, [x, alpha], context) =>
    output === undefined || x === undefined || alpha === undefined
      ? []
      : lowerPrelu(context, x, alpha, output),
  // `dy * (y + 1)` where y is negative.
  EluGrad: elementWise(({ graph }, [dy = '', y = '']) => {
    const slope = graph.emit('Add', [graph.emit('Min', [y, graph.scalar(0)]), graph.scalar(1)]);
    return graph.emit('Mul', [dy, slope]);
  }),
};
