import type { Raster } from '../tensor/raster.js';
import type { Size } from '../tensor/size.js';
import type { ProbabilityBand } from './stream-windows.js';

/** Puts bands of rows together to one raster. */
export async function collectBands(
  { height, width }: Size,
  bands: AsyncIterable<ProbabilityBand>,
): Promise<Raster<Float32Array>> {
  let whole: Raster<Float32Array> | undefined;
  for await (const { top, probabilities } of bands) {
    const { channels, data } = probabilities;
    if (probabilities.height === height) return probabilities;
    whole ??= { height, width, channels, data: new Float32Array(height * width * channels) };
    whole.data.set(data, top * width * channels);
  }
  return whole ?? { height, width, channels: 1, data: new Float32Array(height * width) };
}

/**
 * Divides bands anew, so that those of several networks can be put beside each other.
 * @param rows - Of every band but the last.
 */
export async function* rebandTo(
  rows: number,
  bands: AsyncIterable<ProbabilityBand>,
): AsyncGenerator<ProbabilityBand, void, undefined> {
  let pending: Raster<Float32Array> | undefined;
  let top = 0;
  for await (const { probabilities } of bands) {
    let rest: Raster<Float32Array> = pending ? join(pending, probabilities) : probabilities;
    while (rest.height >= rows) {
      yield { top, probabilities: part(rest, 0, rows) };
      top += rows;
      rest = part(rest, rows, rest.height - rows);
    }
    pending = rest;
  }
  if (pending !== undefined && pending.height > 0) yield { top, probabilities: pending };
}

function join(a: Raster<Float32Array>, b: Raster<Float32Array>): Raster<Float32Array> {
  if (a.height === 0) return b;
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { ...a, height: a.height + b.height, data };
}

function part(raster: Raster<Float32Array>, top: number, height: number): Raster<Float32Array> {
  const row = raster.width * raster.channels;
  return { ...raster, height, data: raster.data.subarray(top * row, (top + height) * row) };
}
