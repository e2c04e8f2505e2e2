import type { RandomStream } from '@segkit/core';

import { clampUnit } from './change-image.js';

/** Layers of equal area under the bell curve. */
const layers = 128;
/** Where the tail begins, and the area of a layer, for 128 of them. */
const tail = 3.442619855899;
const area = 9.91256303526217e-3;
/** A draw's bits that say where in a layer it lies, without its sign. */
const scale = 2 ** 24;

interface Ziggurat {
  /** Draws below this lie under the curve wherever in their layer they are. */
  readonly inside: Int32Array;
  /** A draw's unit in its layer. */
  readonly unit: Float64Array;
  /** The curve's height at the layer's edge. */
  readonly height: Float64Array;
}

const bell = (x: number): number => Math.exp(-0.5 * x * x);

/** The tables of Marsaglia and Tsang. */
function createZiggurat(): Ziggurat {
  const inside = new Int32Array(layers);
  const unit = new Float64Array(layers);
  const height = new Float64Array(layers);
  const base = area / bell(tail);
  inside[0] = (tail / base) * scale;
  unit[0] = base / scale;
  height[0] = 1;
  let edge = tail;
  unit[layers - 1] = tail / scale;
  height[layers - 1] = bell(tail);
  for (let i = layers - 2; i >= 1; i--) {
    const next = Math.sqrt(-2 * Math.log(area / edge + bell(edge)));
    inside[i + 1] = (next / edge) * scale;
    edge = next;
    unit[i] = next / scale;
    height[i] = bell(next);
  }
  return { inside, unit, height };
}

const ziggurat = createZiggurat();

/** A normal number beyond where the tail begins. */
function drawTail(random: RandomStream): number {
  for (;;) {
    const x = -Math.log(1 - random.uniform()) / tail;
    if (-2 * Math.log(1 - random.uniform()) >= x * x) return tail + x;
  }
}

/** A draw that fell where layer and curve do not agree; `NaN` if it lies above the curve. */
function settle(layer: number, draw: number, random: RandomStream): number {
  if (layer === 0) return draw < 0 ? -drawTail(random) : drawTail(random);
  const { unit, height } = ziggurat;
  const x = draw * (unit[layer] as number);
  const low = height[layer] as number;
  const high = height[layer - 1] as number;
  return low + random.uniform() * (high - low) < bell(x) ? x : Number.NaN;
}

/**
 * Adds independent normal numbers to values, in place, and cuts the sums to [0, 1]: the ziggurat method, of which most
 * draws are a product. Their bits come from a generator of its own (sfc32), seeded by the stream: a call for each would
 * take longer than all the rest.
 * @param sigma - The numbers' standard deviation.
 * @see https://doi.org/10.18637/jss.v005.i08
 */
export function addNormalNoise(values: Float32Array, sigma: number, random: RandomStream): void {
  const { inside, unit } = ziggurat;
  const seed = (): number => (random.uniform() * 0x1_0000_0000) | 0;
  let a = seed();
  let b = seed();
  let c = seed();
  let counter = 1;
  for (let i = 0; i < values.length; i++) {
    let normal = 0;
    for (;;) {
      const word = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      const layer = word & (layers - 1);
      const draw = word >> 7;
      const limit = inside[layer] as number;
      normal = draw * (unit[layer] as number);
      if (draw < limit && draw > -limit) break;
      normal = settle(layer, draw, random);
      if (!Number.isNaN(normal)) break;
    }
    values[i] = clampUnit((values[i] as number) + sigma * normal);
  }
}
