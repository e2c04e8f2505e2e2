import { join, parse, resolve } from 'node:path';

import { ConfigError } from '@segkit/core';

import type { FoundImage } from './find-images.js';
import { predictionFormats, type FormatName } from './prediction-formats.js';

/** An image and the files that its prediction is written to. */
export interface PlannedPrediction {
  readonly input: string;
  /** By format. */
  readonly outputs: ReadonlyMap<FormatName, string>;
}

/**
 * Decides what files predictions are written to. Sub-folders are kept.
 * @param images - Each with whether its maps are TIFFs.
 * @throws ConfigError if an image would be written over, or two predictions would have the same file.
 */
export function planPredictions(
  images: readonly (FoundImage & { readonly tiff: boolean })[],
  out: string,
  formats: readonly FormatName[],
): readonly PlannedPrediction[] {
  const planned = images.map(({ input, folder, tiff }) => {
    const base = join(out, folder, parse(input).name);
    const outputs = formats.map(
      (format) => [format, predictionFormats[format].file(base, tiff)] as const,
    );
    return { input, outputs: new Map(outputs) };
  });
  expectSeparate(planned);
  return planned;
}

function expectSeparate(planned: readonly PlannedPrediction[]): void {
  const taken = new Map(planned.map(({ input }) => [resolve(input), 'the image itself']));
  for (const { input, outputs } of planned) {
    for (const output of [...outputs.values()].map((path) => resolve(path))) {
      const owner = taken.get(output);
      if (owner !== undefined) {
        throw new ConfigError(
          `predict ${input}: ${output} is also ${owner}; give another folder by --out, or rename the image.`,
        );
      }
      taken.set(output, `what ${input} is written to`);
    }
  }
}
