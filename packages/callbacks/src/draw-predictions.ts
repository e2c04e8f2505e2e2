import type { Raster, RunControl } from '@segkit/core';
import { PredictionSheet } from '@segkit/data';

/**
 * Draws what the network makes of some validation samples: image | truth (or target) | prediction, one row each.
 * @returns RGB bytes.
 */
export async function drawPredictions(
  run: RunControl,
  samples: readonly number[],
): Promise<Raster<Uint8Array>> {
  const sheet = new PredictionSheet();
  for (const index of samples) {
    const { sample, prediction, output } = await run.predict(index);
    sheet.add(sample, prediction, output);
  }
  return sheet.draw(run.labels);
}

/** The first indices below a length, at most `count`. */
export function firstIndices(count: number, length: number): readonly number[] {
  return Array.from({ length: Math.min(count, length) }, (_, index) => index);
}
