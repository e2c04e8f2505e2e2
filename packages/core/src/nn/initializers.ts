import { ShapeError } from '../errors.js';
import { formatShape } from '../tensor/expect-shape.js';
import type { RandomStream } from '../tensor/random-stream.js';

/** Makes a parameter's first values for a shape in segkit's layout (filters HWIO), float32. */
export type Initializer = (shape: readonly number[], random: RandomStream) => Float32Array;

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The number of values that one output sums over, and that one input is spread to. */
export interface Fan {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fans of a filter `[kernelHeight, kernelWidth, a, b]`: `fanIn = kernelHeight * kernelWidth * a`, fanOut with `b`.
 * For a transposed convolution `a` counts the output channels, as in PyTorch, whose fan of these filters is that of
 * the convolution they transpose.
 * @throws ShapeError if the shape is not a filter's.
 */
export function fanOf(shape: readonly number[]): Fan {
  const [kernelHeight, kernelWidth, a, b] = shape;
  if (
    shape.length !== 4 ||
    kernelHeight === undefined ||
    kernelWidth === undefined ||
    a === undefined ||
    b === undefined
  ) {
    throw new ShapeError(
      `initializer: a filter must be ?x?x?x?, received ${formatShape(shape)}; use zeros() or constant() for vectors.`,
    );
  }
  const field = kernelHeight * kernelWidth;
  return { fanIn: field * a, fanOut: field * b };
}

function fill(shape: readonly number[], draw: () => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

function uniform(shape: readonly number[], bound: number, random: RandomStream): Float32Array {
  return fill(shape, () => (2 * random.uniform() - 1) * bound);
}

function normal(shape: readonly number[], std: number, random: RandomStream): Float32Array {
  return fill(shape, () => std * random.normal());
}

/** Fills with one value. */
export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Fills with zeros. */
export function zeros(): Initializer {
  return constant(0);
}

/**
 * Normal with standard deviation `sqrt(2 / fanIn)`, as the U-Net paper asks for.
 * @see https://arxiv.org/abs/1502.01852
 */
export function heNormal(): Initializer {
  return (shape, random) => normal(shape, Math.sqrt(2 / fanOf(shape).fanIn), random);
}

/**
 * Normal with standard deviation `sqrt(2 / (fanIn + fanOut))`.
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export function xavierNormal(): Initializer {
  return (shape, random) => {
    const { fanIn, fanOut } = fanOf(shape);
    return normal(shape, Math.sqrt(2 / (fanIn + fanOut)), random);
  };
}

/** Uniform in `±1 / sqrt(fanIn)`: PyTorch's default for the filters of convolutions, transposed ones too. */
export function torchUniform(): Initializer {
  return (shape, random) => uniform(shape, 1 / Math.sqrt(fanOf(shape).fanIn), random);
}

/** Uniform in `±1 / sqrt(fanIn)`: PyTorch's default for biases, with the fan of the filter they belong to. */
export function torchBiasUniform(fanIn: number): Initializer {
  return (shape, random) => uniform(shape, 1 / Math.sqrt(fanIn), random);
}

/**
 * The filter by which a transposed convolution (kernel `2 * s - s % 2`, stride `s`) interpolates bilinearly, every
 * channel by itself: `(1 - |y - c| / f) * (1 - |x - c| / f)` with `f = ceil(k / 2)` and the centre
 * `c = (k - 1) / 2` for both odd and even kernels.
 * @throws ShapeError if the filter is not square in both space and channels.
 * @see https://arxiv.org/abs/1411.4038
 */
export function bilinearKernel(): Initializer {
  return (shape) => {
    fanOf(shape);
    const [k, kernelWidth, channels, inChannels] = shape as [number, number, number, number];
    if (k !== kernelWidth || channels !== inChannels) {
      throw new ShapeError(
        `bilinearKernel: filter must be kxkxcxc, received ${formatShape(shape)}; ` +
          'use as many output as input channels.',
      );
    }
    const factor = Math.ceil(k / 2);
    const center = k % 2 === 1 ? factor - 1 : factor - 0.5;
    const weight = (i: number): number => 1 - Math.abs(i - center) / factor;
    const values = new Float32Array(sizeOf(shape));
    for (let y = 0; y < k; y++) {
      for (let x = 0; x < k; x++) {
        for (let c = 0; c < channels; c++) {
          values[((y * k + x) * channels + c) * channels + c] = weight(y) * weight(x);
        }
      }
    }
    return values;
  };
}
