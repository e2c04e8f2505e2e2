// oracles/named_networks/counted_noise.py: numbers that both sides compute from a name and an index.
import { randomStream, type Parameter, type RandomStream } from 'segkit';

import { transposed } from './transposed.js';

function mix(value: number): number {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

/** FNV-1a. */
function keyOf(name: string): number {
  let key = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) key = Math.imul(key ^ name.charCodeAt(i), 0x01000193);
  return key;
}

/** In [-1, 1), exact in float32. */
export function noise(name: string, count: number): Float32Array {
  const start = mix(keyOf(name));
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (mix((start + i) | 0) >>> 8) / 2 ** 23 - 1;
  return values;
}

/** A stream whose uniform numbers are those of `Draws`. */
export function dropoutStream(): RandomStream {
  const start = mix(keyOf('dropout'));
  let drawn = 0;
  return Object.assign(randomStream(0), {
    uniform: () => (mix((start + drawn++) | 0) >>> 8) / 2 ** 24,
  });
}

/** How weights are drawn; as in PyTorch's side. */
export interface Filling {
  /** Variance of a filter's sums against that of what enters. */
  readonly gain: number;
  /** Whether biases are positive. */
  readonly positive: boolean;
}

/** `value_of`. */
export function fill(name: string, parameter: Parameter, { gain, positive }: Filling): void {
  const { shape, torchAxes } = parameter;
  const torchShape = torchAxes.map((axis) => shape[axis] ?? 1);
  const fan = torchShape.slice(1).reduce((product, length) => product * length, 1);
  const filterScale = Math.sqrt((3 * gain) / fan);
  const valueOf = (u: number): number => {
    if (shape.length === 4) return filterScale * u;
    if (name.endsWith('running_var')) return 1 + 0.4 * u;
    if (name.endsWith('weight')) return 1 + 0.3 * u;
    if (name.endsWith('bias')) return u < 0 && !positive ? u - 1 : Math.abs(u) + 1;
    return 0.2 * u;
  };
  const values = noise(name, parameter.size);
  for (let i = 0; i < values.length; i++) values[i] = valueOf(values[i] ?? Number.NaN);
  const axes = shape.map((_, axis) => torchAxes.indexOf(axis));
  parameter.assign(transposed(values, torchShape, axes));
}
