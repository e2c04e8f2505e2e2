import { statSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';

import { ConfigError } from '@segkit/core';
import { listImages } from '@segkit/data';

/** An image and the files that its prediction is written to. */
export interface PlannedPrediction {
  readonly input: string;
  readonly labels: string;
  readonly overlay: string;
}

/**
 * Finds the images and decides what they are written to.
 * @param images - A file, or a folder.
 * @throws DataError if the folder holds no images; ConfigError if an image would be written over, or two predictions
 * would have the same file.
 */
export async function planPredictions(
  images: string,
  out: string,
): Promise<readonly PlannedPrediction[]> {
  const isFile = statSync(images, { throwIfNoEntry: false })?.isFile() === true;
  const inputs = isFile ? [images] : [...(await listImages(images)).values()];
  const planned = inputs.map((input) => {
    const base = join(out, parse(input).name);
    return { input, labels: `${base}.png`, overlay: `${base}-overlay.png` };
  });
  expectSeparate(planned);
  return planned;
}

function expectSeparate(planned: readonly PlannedPrediction[]): void {
  const taken = new Map(planned.map(({ input }) => [resolve(input), 'the image itself']));
  for (const { input, labels, overlay } of planned) {
    for (const output of [labels, overlay].map((path) => resolve(path))) {
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
