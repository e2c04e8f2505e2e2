import { mapSize, type PixelArray, type Raster, type Sample } from '@segkit/core';

import { allocateLike } from '../rasters/gather-raster.js';
import { padConstant, padEdge } from '../rasters/pad-raster.js';
import { mapRasters } from '../transforms/map-rasters.js';
import { createRowTaps, fillRowTaps, paddingOf, type BorderRule } from './row-taps.js';
import type { SourceMap } from './source-map.js';
import { blendRow, pickRow } from './warp-row.js';

/** What pixels from outside the image are. */
export interface Surroundings extends BorderRule {
  /** Image and target, where the border is constant. */
  readonly fill: number;
  /** Labels that come from nowhere. */
  readonly label: number;
  /** Weights that come from nowhere. */
  readonly weight: number;
}

/**
 * Moves the pixels of all rasters of a sample by one map: image, target and weights are interpolated bilinearly,
 * labels and instances are those of the nearest pixel. A prediction stays moved: what earlier transforms would have
 * restored is forgotten.
 * @param map - Gives the size of the result.
 */
export function warpSample(sample: Sample, map: SourceMap, around: Surroundings): Sample {
  const { height, width } = map;
  const source = { height: sample.image.height, width: sample.image.width };
  const taps = createRowTaps(width);
  const writers: ((y: number) => void)[] = [];
  const target = <T extends PixelArray>({ channels, data }: Raster<T>): Raster<T> => ({
    height,
    width,
    channels,
    data: allocateLike(data, height * width * channels),
  });
  const padding = paddingOf(around.border);
  const pad = (raster: Raster<Float32Array>, fill: number | 'edge'): Raster<Float32Array> => {
    if (padding === 0) return raster;
    const size = mapSize(source, (length) => length + 2 * padding);
    return fill === 'edge'
      ? padEdge(raster, size, padding)
      : padConstant(raster, size, fill, padding);
  };
  const blend = (
    raster: Raster<Float32Array>,
    from: Raster<Float32Array>,
  ): Raster<Float32Array> => {
    const result = target(raster);
    writers.push((y) => {
      blendRow(from, result.data, y * width * raster.channels, taps);
    });
    return result;
  };
  const { restore: _, ...moved } = mapRasters(sample, {
    smooth: (raster) => blend(raster, pad(raster, around.fill)),
    // Weights do not fade towards the outside: every pixel has that of its label.
    weights: (raster) => {
      const result = blend(raster, pad(raster, 'edge'));
      writers.push((y) => {
        forget(result.data, y * width, taps.nearest, around.weight);
      });
      return result;
    },
    exact: (raster, role) => {
      const result = target(raster);
      const outside = role === 'labels' ? around.label : 0;
      writers.push((y) => {
        pickRow(raster.data, result.data, y * width, taps, outside);
      });
      return result;
    },
  });
  const rows = new Float64Array(width);
  const columns = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    map.locate(y, rows, columns);
    fillRowTaps(taps, rows, columns, source, around);
    for (const write of writers) write(y);
  }
  return moved;
}

/** Overwrites the weights of pixels that come from nowhere. */
function forget(weights: Float32Array, start: number, nearest: Int32Array, weight: number): void {
  for (let x = 0; x < nearest.length; x++) {
    if ((nearest[x] as number) < 0) weights[start + x] = weight;
  }
}
