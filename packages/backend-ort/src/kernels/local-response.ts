import { lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { KernelAttributes } from '../recording/value.js';
import { inputOf, recording, type Recorders } from './recorder.js';

// Local response normalisation: `y = x * (bias + alpha * s) ** -beta`, where s sums the squares of the channels around.

interface Response {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

function responseOf({ depthRadius, bias, alpha, beta }: KernelAttributes): Response {
  return {
    depthRadius: Number(depthRadius),
    bias: Number(bias),
    alpha: Number(alpha),
    beta: Number(beta),
  };
}

/** Recorders of local response normalisation and its gradient. */
export const localResponseRecorders: Recorders = {
  LRN: (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    if (x.dtype !== 'float32' || x.shape.length !== 4) return null;
    return recording('LRN', [x], x.shape, 'float32', { ...responseOf(attrs) });
  },
  LRNGrad: (inputs, attrs) => {
    const given = ['x', 'y', 'dy'].map((name) => inputOf(inputs, name));
    const [x] = given;
    if (x === undefined || given.some(({ dtype }) => dtype !== 'float32')) return null;
    return recording('LRNGrad', given, x.shape, 'float32', { ...responseOf(attrs) });
  },
};

/** Sums over the channels around each one, of a map with channels first. */
function sumAround(
  context: LoweringContext,
  map: string,
  shape: readonly number[],
  radius: number,
): string {
  const { graph } = context;
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  const size = 2 * radius + 1;
  // As rows of an image, channels can be pooled.
  const image = context.reshape(map, [n, 1, c, h * w]);
  const means = graph.emit('AveragePool', [image], {
    kernel_shape: [size, 1],
    pads: [radius, 0, radius, 0],
    strides: [1, 1],
    count_include_pad: 1,
  });
  const sums = graph.emit('Mul', [means, graph.scalar(size)]);
  return context.reshape(sums, [n, c, h, w]);
}

function emitNorm(
  context: LoweringContext,
  map: string,
  shape: readonly number[],
  { depthRadius, bias, alpha }: Response,
): string {
  const { graph } = context;
  const squares = sumAround(context, graph.emit('Mul', [map, map]), shape, depthRadius);
  const scaled = graph.emit('Mul', [squares, graph.scalar(alpha)]);
  return graph.emit('Add', [scaled, graph.scalar(bias)]);
}

const localResponse: Lowering = ({ outputs: [output], attributes = {} }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const { graph } = context;
  const response = responseOf(attributes);
  const map = context.tensor(x, 'nchw');
  const norm = emitNorm(context, map, x.shape, response);
  const factor = graph.emit('Pow', [norm, graph.scalar(-response.beta)]);
  return lowered(graph.emit('Mul', [map, factor]), output, 'nchw');
};

/** `dx = dy * norm ** -beta - 2 * alpha * beta * x * sum_around(dy * y / norm)`. */
const localResponseGradient: Lowering = (
  { outputs: [output], attributes = {} },
  inputs,
  context,
) => {
  const [x, y, dy] = inputs.map((input) => context.tensor(input, 'nchw'));
  if (output === undefined || x === undefined || y === undefined || dy === undefined) return [];
  const { graph } = context;
  const response = responseOf(attributes);
  const { alpha, beta, depthRadius } = response;
  const mul = (a: string, b: string): string => graph.emit('Mul', [a, b]);
  const norm = emitNorm(context, x, output.shape, response);
  const own = mul(dy, graph.emit('Pow', [norm, graph.scalar(-beta)]));
  const shares = graph.emit('Div', [mul(dy, y), norm]);
  const around = sumAround(context, shares, output.shape, depthRadius);
  const others = mul(mul(x, around), graph.scalar(2 * alpha * beta));
  return lowered(graph.emit('Sub', [own, others]), output, 'nchw');
};

/** Lowerings of local response normalisation and its gradient. */
export const localResponseLowerings: Lowerings = {
  LRN: localResponse,
  LRNGrad: localResponseGradient,
};
