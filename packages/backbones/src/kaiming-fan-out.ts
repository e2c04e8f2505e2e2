import { fanOf, type Initializer } from '@segkit/core';

/**
 * Normal with standard deviation `sqrt(2 / fanOut)`: the first weights of torchvision's ResNets, which keep the
 * variance of the backward pass.
 * @see https://arxiv.org/abs/1502.01852
 */
export const kaimingFanOut: Initializer = (shape, random) => {
  const deviation = Math.sqrt(2 / fanOf(shape).fanOut);
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, () => deviation * random.normal());
};
