import { sizeOf } from '../graph/shape.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import {
  alikeMap,
  channelAffine,
  channelDot,
  channelMap,
  channelMean,
  channelSum,
  countOf,
  loweredMap,
  type ChannelMap,
} from './channel-passes.js';
import { inputOf, recording, type Recorders } from './recorder.js';

// Batch normalisation of NHWC maps. tfjs has a kernel for the use of given statistics. The others are this backend's
// own, for programs that compose batch normalisation from `customGrad`: `tf.engine().runKernel('BatchNormTraining', …)`.

/**
 * Recorders of batch normalisation:
 * - `BatchNormTraining({ x, gamma, beta }, { eps })` gives `[y, mean, variance]`;
 * - `BatchNormTrainingGrad({ dy, x, mean, variance, gamma }, { eps })` gives `[dx, dgamma, dbeta]`;
 * - `MoveStatistics({ runningMean, runningVariance, mean, variance }, { momentum, unbiased })` gives the next
 *   `[runningMean, runningVariance]`; the batch's variance counts `unbiased` times;
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
  MoveStatistics: (inputs, { momentum, unbiased }) => {
    const names = ['runningMean', 'runningVariance', 'mean', 'variance'];
    const given = names.map((name) => inputOf(inputs, name));
    const vector = { shape: given[0]?.shape ?? [], dtype: 'float32' } as const;
    return {
      op: 'MoveStatistics',
      inputs: given,
      attributes: { momentum, unbiased },
      outputs: [vector, vector],
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
  const shift = beta === undefined ? graph.emit('Neg', [moved]) : graph.emit('Sub', [beta, moved]);
  const relu = attributes?.['relu'] === true;
  return loweredMap(channelAffine(context, channelMap(context, x), scale, shift, { relu }));
};

/** The map less its mean; the gradient finds it there again. */
function centered(context: LoweringContext, map: ChannelMap, mean: string): ChannelMap {
  const { graph } = context;
  const ones = graph.emit('Expand', [graph.scalar(1), graph.integers([map.shape[3] ?? 1])]);
  return channelAffine(context, map, ones, graph.emit('Neg', [mean]));
}

/** In two passes: `mean(x^2) - mean(x)^2` would lose all digits of a variance that is small against the mean. */
const batchNormTraining: Lowering = ({ outputs, attributes }, inputs, context) => {
  const [x, gamma, beta, added] = inputs;
  const [output, meanInfo, varianceInfo] = outputs;
  if (output === undefined || meanInfo === undefined || varianceInfo === undefined) return [];
  if (x === undefined || gamma === undefined || beta === undefined) return [];
  const { graph } = context;
  const map = channelMap(context, x);
  const mean = channelMean(context, map);
  const centeredMap = centered(context, map, mean);
  const squares = channelDot(context, centeredMap, centeredMap);
  const variance = graph.emit('Mul', [squares, graph.scalar(1 / countOf(map))]);
  const inverse = inverseDeviation(context, variance, Number(attributes?.['eps']));
  const scale = graph.emit('Mul', [context.tensor(gamma), inverse]);
  const relu = attributes?.['relu'] === true;
  const sum = added && alikeMap(context, added, map);
  const y = channelAffine(context, centeredMap, scale, context.tensor(beta), {
    relu,
    ...(sum && { sum }),
  });
  return [loweredMap(y), lowered(mean, meanInfo), lowered(variance, varianceInfo)];
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
  const mul = (a: string, b: string): string => graph.emit('Mul', [a, b]);
  const map = channelMap(context, x);
  const gradient = alikeMap(context, dy, map);
  const centeredMap = centered(context, map, context.tensor(mean));
  const inverse = inverseDeviation(context, context.tensor(variance), Number(attributes?.['eps']));
  const count = graph.scalar(countOf(map));
  const meanOfDy = channelMean(context, gradient);
  const dot = channelDot(context, gradient, centeredMap);
  const dgamma = mul(dot, inverse);
  const scale = mul(context.tensor(gamma), inverse);
  const slope = mul(mul(graph.emit('Div', [dgamma, count]), inverse), scale);
  const shift = graph.emit('Neg', [mul(scale, meanOfDy)]);
  const scaled = channelAffine(context, gradient, scale, shift);
  const dx = channelAffine(context, centeredMap, graph.emit('Neg', [slope]), undefined, {
    sum: scaled,
  });
  return [loweredMap(dx), lowered(dgamma, dgammaInfo), lowered(mul(meanOfDy, count), dbetaInfo)];
};

/** `running * (1 - momentum) + batch * momentum`, of the mean and of the unbiased variance. */
const moveStatistics: Lowering = ({ outputs, attributes }, inputs, context) => {
  const { graph } = context;
  const momentum = Number(attributes?.['momentum']);
  const shares = [momentum, momentum * Number(attributes?.['unbiased'])];
  return outputs.map((info, i) => {
    const [running, batch] = [inputs[i], inputs[i + 2]].map(
      (value) => value && context.tensor(value),
    );
    const kept = graph.emit('Mul', [running ?? '', graph.scalar(1 - momentum)]);
    const added = graph.emit('Mul', [batch ?? '', graph.scalar(shares[i] ?? 0)]);
    return lowered(graph.emit('Add', [kept, added]), info);
  });
};

/** Lowerings of batch normalisation. */
export const batchNormLowerings: Lowerings = {
  FusedBatchNorm: fusedBatchNorm,
  BatchNormTraining: batchNormTraining,
  BatchNormTrainingGrad: batchNormTrainingGrad,
  MoveStatistics: moveStatistics,
  ChannelSum: ({ outputs: [output] }, [x], context) =>
    output === undefined || x === undefined
      ? []
      : lowered(channelSum(context, channelMap(context, x)), output),
};
