import type { TestTensor } from './compare-with-cpu.test-support.js';

/** Results of batch normalisation and its gradient, by name. */
export type BatchNormResults = Readonly<
  Record<'y' | 'mean' | 'variance' | 'dx' | 'dgamma' | 'dbeta' | 'sum', Float64Array>
>;

/**
 * Batch normalisation by the batch's statistics, and its gradient, in double precision, from the definitions:
 * `xhat = (x - mean) / sqrt(variance + eps)`, `y = gamma * xhat + beta`, and the sum over all pixels that the chain rule
 * gives: `dx = inverse * (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat))` with `dxhat = gamma * dy`.
 */
export function batchNormByDefinition(
  {
    x,
    dy,
    gamma,
    beta,
  }: Readonly<Record<'x' | 'dy' | 'gamma' | 'beta', Pick<TestTensor, 'values' | 'shape'>>>,
  eps: number,
): BatchNormResults {
  const channels = gamma.values.length;
  const count = x.values.length / channels;
  const map = (value: (i: number, c: number) => number): Float64Array =>
    Float64Array.from({ length: x.values.length }, (_, i) => value(i, i % channels));
  const vector = (value: (c: number) => number): Float64Array =>
    Float64Array.from({ length: channels }, (_, c) => value(c));
  const sumOf = (values: ArrayLike<number>): Float64Array => {
    const sums = new Float64Array(channels);
    for (let i = 0; i < values.length; i++) sums[i % channels]! += values[i]!;
    return sums;
  };
  const meanOf = (values: ArrayLike<number>): Float64Array => sumOf(values).map((s) => s / count);
  const mean = meanOf(x.values);
  const variance = meanOf(map((i, c) => (x.values[i]! - mean[c]!) ** 2));
  const inverse = vector((c) => 1 / Math.sqrt(variance[c]! + eps));
  const xhat = map((i, c) => (x.values[i]! - mean[c]!) * inverse[c]!);
  const dxhat = map((i, c) => gamma.values[c]! * dy.values[i]!);
  const [meanOfGradient, meanOfProduct] = [meanOf(dxhat), meanOf(map((i) => dxhat[i]! * xhat[i]!))];
  return {
    y: map((i, c) => gamma.values[c]! * xhat[i]! + beta.values[c]!),
    mean,
    variance,
    dx: map(
      (i, c) => inverse[c]! * (dxhat[i]! - meanOfGradient[c]! - xhat[i]! * meanOfProduct[c]!),
    ),
    dgamma: sumOf(map((i) => dy.values[i]! * xhat[i]!)),
    dbeta: sumOf(dy.values),
    sum: sumOf(x.values),
  };
}
