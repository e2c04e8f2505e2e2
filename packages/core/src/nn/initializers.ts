import type { RandomStream } from '../tensor/random-stream.js';

/** Makes a parameter's first values for a shape in segkit's layout (filters HWIO), float32. */
export type Initializer = (shape: readonly number[], random: RandomStream) => Float32Array;

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Fills with one value. */
export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}
