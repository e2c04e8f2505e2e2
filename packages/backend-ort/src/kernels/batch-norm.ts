import { blockedDomain } from '../graph/graph-builder.js';
import { sizeOf } from '../graph/shape.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import {
  channelSums,
  ChannelView,
} from './channel-view.js';
import { inputOf, recording, type Recorders } from './recorder.js';

// Batch normalisation of NHWC maps. tfjs has a kernel for the use of given statistics. The others are this backend's
// own, for programs that compose batch normalisation from `customGrad`: `tf.engine().runKernel('BatchNormTraining', …)`.

/**
 * Recorders of batch normalisation:
 * - `BatchNormTraining({ x, gamma, beta }, { eps })` gives `[y, mean, variance]`;
 * - `BatchNormTrainingGrad({ dy, x, mean, variance, gamma }, { eps })` gives `[dx, dgamma, dbeta]`;
 * - `ChannelSum({ x })` is the sum over batch, rows and columns.
 */
export const batchNormRecorders: Recorders = {
  FusedBatchNorm: (inputs, { varianceEpsilon }) => {
    const { x, mean, variance, offset, scale } = inputs;
    if (x === undefined || mean === undefined || variance === undefined) return null;
    const perChannel = [mean, variance, offset, scale].every(
      (vector) => vector == null || sizeOf(vector.shape) === x.shape.at(-1),
    );
    if (x.shape.length !== 4 || x.dtype !== 'float32' || !perChannel) return null;
    const vectors = [mean, variance, ...(scale ? [scale] : []), ...(offset ? [offset] : [])];
    return recording('FusedBatchNorm', [x, ...vectors], x.shape, 'float32', {
      eps: varianceEpsilon,
      scale: scale != null,
      offset: offset != null,
    });
  },
  BatchNormTraining: (inputs, { eps }) => {
    const [x, gamma, beta] = ['x', 'gamma', 'beta'].map((name) => inputOf(inputs, name));
    if (x === undefined || gamma === undefined || beta === undefined) return null;
    const vector = { shape: gamma.shape, dtype: 'float32' } as const;
    return {
      op: 'BatchNormTraining',
      inputs: [x, gamma, beta],
      attributes: { eps },
      outputs: [{ shape: x.shape, dtype: 'float32' }, vector, vector],
    };
  },
  BatchNormTrainingGrad: (inputs, { eps }) => {
    const names = ['dy', 'x', 'mean', 'variance', 'gamma'];
    const given = names.map((name) => inputOf(inputs, name));
    const [, x, mean] = given;
    if (x === undefined || mean === undefined) return null;
    const vector = { shape: mean.shape, dtype: 'float32' } as const;
    return {
      op: 'BatchNormTrainingGrad',
      inputs: given,
      attributes: { eps },
      outputs: [{ shape: x.shape, dtype: 'float32' }, vector, vector],
    };
  },
  ChannelSum: (inputs) => {
    const x = inputOf(inputs, 'x');
    if (x.shape.length !== 4) return null;
    return recording('ChannelSum', [x], [x.shape[3] ?? 1], 'float32');
  },
};

/** `1 / sqrt(variance + eps)`. */
function inverseDeviation(context: LoweringContext, variance: string, eps: number): string {
  const { graph } = context;
  const deviation = graph.emit('Sqrt', [graph.emit('Add', [variance, graph.scalar(eps)])]);
  return graph.emit('Div', [graph.scalar(1), deviation]);
}

/** `x * scale + shift` per channel, then ReLU if asked for. */
export function affine(
  context: LoweringContext,
  x: Lowered,
  scale: string,
  shift: string,
  output: OutputInfo,
  relu: boolean,
): Lowered {
  const { graph } = context;
  const [, , , channels = 1] = x.shape;
  if (x.layout === 'blocked') {
    // A convolution of single pixels, each channel by itself, does all of it in one pass.
    const filter = context.reshape(scale, [channels, 1, 1, 1]);
    const tensor = graph.emit(
      'Conv',
      [context.tensor(x, 'blocked'), filter, shift],
      {
        kernel_shape: [1, 1],
        pads: [0, 0, 0, 0],
        strides: [1, 1],
        dilations: [1, 1],
        group: channels,
        activation: relu ? 'Relu' : undefined,
      },
      blockedDomain,
    );
    return lowered(tensor, output, 'blocked');
  }
  const layout = x.layout;
  const vector = (name: string): string =>
    layout === 'nchw' ? context.reshape(name, [channels, 1, 1]) : name;
  const scaled = graph.emit('Mul', [context.tensor(x, layout), vector(scale)]);
  const shifted = graph.emit('Add', [scaled, vector(shift)]);
  return lowered(relu ? graph.emit('Relu', [shifted]) : shifted, output, layout);
}

const fusedBatchNorm: Lowering = ({ outputs: [output], attributes }, inputs, context) => {
  const [x, mean, variance, ...rest] = inputs.map((input, i) =>
    i === 0 ? input : { ...input, shape: [sizeOf(input.shape)] },
  );
  if (output === undefined || x === undefined || mean === undefined || variance === undefined) {
    return [];
  }
  const { graph } = context;
  const vector = (value: Lowered | undefined): string | undefined =>
    value && context.reshape(context.tensor(value), [sizeOf(value.shape)]);
  const gamma = attributes?.['scale'] === true ? vector(rest.shift()) : undefined;
  const beta = attributes?.['offset'] === true ? vector(rest.shift()) : undefined;
  const inverse = inverseDeviation(context, vector(variance) ?? '', Number(attributes?.['eps']));
  const scale = gamma === undefined ? inverse : graph.emit('Mul', [gamma, inverse]);
  const moved = graph.emit('Mul', [vector(mean) ?? '', scale]);
  const shift =
    beta === undefined ? graph.emit('Neg', [moved]) : graph.emit('Sub', [beta, moved]);
  return affine(context, x, scale, shift, output, attributes?.['relu'] === true);
};

const batchNormTraining: Lowering = ({ outputs, attributes }, [x, gamma, beta], context) => {
  const [output, meanInfo, varianceInfo] = outputs;
  if (output === undefined || meanInfo === undefined || varianceInfo === undefined) return [];
  if (x === undefined || gamma === undefined || beta === undefined) return [];
  const { graph } = context;
  const view = new ChannelView(context, x);
  const mean = view.mean();
  const variance = view.variance(mean);
  const inverse = inverseDeviation(context, variance, Number(attributes?.['eps']));
  const scale = graph.emit('Mul', [context.tensor(gamma), inverse]);
  const shift = graph.emit('Sub', [context.tensor(beta), graph.emit('Mul', [mean, scale])]);
  const y = affine(context, view.value, scale, shift, output, attributes?.['relu'] === true);
  return [y, lowered(mean, meanInfo), lowered(variance, varianceInfo)];
};

/**
 * With n numbers per channel and `xhat = (x - mean) * inverse`:
 * `dx = gamma * inverse * (dy - mean(dy) - xhat * mean(dy * xhat))`, `dgamma = sum(dy * xhat)`, `dbeta = sum(dy)`.
 */
const batchNormTrainingGrad: Lowering = ({ outputs, attributes }, inputs, context) => {
  const [dxInfo, dgammaInfo, dbetaInfo] = outputs;
  const [dy, x, mean, variance, gamma] = inputs;
  if (dxInfo === undefined || dgammaInfo === undefined || dbetaInfo === undefined) return [];
  if (!dy || !x || !mean || !variance || !gamma) return [];
  const { graph } = context;
  const count = sizeOf(x.shape) / (x.shape[3] ?? 1);
  const inverse = inverseDeviation(context, context.tensor(variance), Number(attributes?.['eps']));
  const view = new ChannelView(context, x);
  const gradient = view.sameLayout(dy);
  const dbeta = channelSums(context, gradient);
  const dgamma = graph.emit('Mul', [
    view.centeredProduct(context.tensor(mean), gradient, dbeta),
    inverse,
  ]);
  // dx = a * dy + b * x + c
  const a = graph.emit('Mul', [context.tensor(gamma), inverse]);
  const perPixel = graph.scalar(1 / count);
  const slope = graph.emit('Mul', [graph.emit('Mul', [dgamma, inverse]), perPixel]);
  const b = graph.emit('Neg', [graph.emit('Mul', [a, slope])]);
  const offset = graph.emit('Sub', [
    graph.emit('Mul', [slope, context.tensor(mean)]),
    graph.emit('Mul', [dbeta, perPixel]),
  ]);
  const c = graph.emit('Mul', [a, offset]);
  const dx = view.combine(gradient, a, b, c, dxInfo);
  return [dx, lowered(dgamma, dgammaInfo), lowered(dbeta, dbetaInfo)];
};

/** Lowerings of batch normalisation. */
export const batchNormLowerings: Lowerings = {
  FusedBatchNorm: fusedBatchNorm,
  BatchNormTraining: batchNormTraining,
  BatchNormTrainingGrad: batchNormTrainingGrad,
  ChannelSum: ({ outputs: [output] }, [x], context) =>
    output === undefined || x === undefined
      ? []
      : lowered(channelSums(context, new ChannelView(context, x).value), output),
};
