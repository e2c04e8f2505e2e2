import { DataError, formatSize, type Size } from '@segkit/core';
import * as z from 'zod';

import { polygonRuns } from './polygon-runs.js';
import { runsOfLengths, unpackLengths } from './run-lengths.js';

const polygons = z.array(z.array(z.number()).min(6)).min(1);
const runLengths = z.object({
  size: z.tuple([z.number(), z.number()]),
  counts: z.union([z.string(), z.array(z.number())]),
});

/** Marks the pixels of runs. @param inside - Row by row. */
function markRuns(inside: Uint8Array, runs: Int32Array, { height, width }: Size): void {
  for (let i = 0; i < runs.length; i += 2) {
    const end = runs[i + 1] ?? height * width;
    for (let at = runs[i] as number; at < end; at++) {
      inside[(at % height) * width + Math.floor(at / height)] = 1;
    }
  }
}

function runsOf(segmentation: unknown, size: Size): Int32Array[] {
  const lines = polygons.safeParse(segmentation);
  if (lines.success) {
    if (lines.data.some((corners) => corners.length % 2 === 1)) {
      throw new DataError('expected x and y for every corner of a polygon, found an odd number');
    }
    return lines.data.map((corners) => polygonRuns(corners, size));
  }
  const runs = runLengths.safeParse(segmentation);
  if (!runs.success) {
    throw new DataError(
      'expected polygons of three corners or more, [[x, y, x, y, x, y, …]], or run lengths, { size, counts }',
    );
  }
  const [height, width] = runs.data.size;
  if (height !== size.height || width !== size.width) {
    throw new DataError(
      `expected run lengths for the image's size ${formatSize(size)}, found ${formatSize({ height, width })}`,
    );
  }
  const { counts } = runs.data;
  return [runsOfLengths(typeof counts === 'string' ? unpackLengths(counts) : counts, size)];
}

/**
 * The pixels of one annotation, equal to those of pycocotools.
 * @param segmentation - Polygons, or run lengths as a list or packed in a text.
 * @param size - Of the image.
 * @returns Pixels counted row by row, ascending.
 * @throws DataError if it is none of these.
 */
export function segmentationPixels(segmentation: unknown, size: Size): Int32Array {
  const inside = new Uint8Array(size.height * size.width);
  for (const runs of runsOf(segmentation, size)) markRuns(inside, runs, size);
  return pixelsInside(inside);
}

/** The places of what is not 0. */
function pixelsInside(inside: Uint8Array): Int32Array {
  const pixels = new Int32Array(inside.reduce((sum, value) => sum + value, 0));
  let count = 0;
  for (let at = inside.indexOf(1); at !== -1; at = inside.indexOf(1, at + 1)) pixels[count++] = at;
  return pixels;
}
