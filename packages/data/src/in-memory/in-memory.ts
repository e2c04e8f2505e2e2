import {
  ConfigError,
  defineDataset,
  type LabelSchema,
  type Plugin,
  type Sample,
} from '@segkit/core';
import * as z from 'zod';

import { fileDatasetFields, imageFields } from '../file-dataset/file-dataset-options.js';
import { FileDataset } from '../file-dataset/file-dataset.js';
import { checkSize, labelsOfMask } from '../file-dataset/load-sample.js';
import type { LoadedSample, SampleEntry } from '../file-dataset/sample-source.js';
import { rangeFields, takeRange } from '../files/selection.js';
import { instanceCoding, valueCoding } from '../masks/mask-coding.js';
import { imageOf, type ReadImageOptions } from '../reading/read-image.js';
import { imagePixels, maskPixels, type PixelSource } from './pixel-source.js';

/** One image of a program's own, with what is known about it. */
export interface MemorySample {
  /** Default: the position in the list. */
  readonly id?: string;
  /** 1 or 3 channels: bytes, 16 bits, or floats in [0, 1] (others by `valueRange`). */
  readonly image: PixelSource;
  /** Raw mask values, as `data.labels` maps them. */
  readonly mask?: PixelSource;
  /** Object ids, 0 for none. Without a mask they also make the labels: 0 is class 0, every id above class 1. */
  readonly instances?: PixelSource;
  /** Of image-to-image tasks, like `image`. */
  readonly target?: PixelSource;
}

const options = z.strictObject({
  ...rangeFields,
  ...imageFields,
  allowOneClass: fileDatasetFields.allowOneClass,
});

/** What a config may say about a data set in memory. */
export type InMemoryOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    [name: `in-memory-${string}`]: InMemoryOptions;
  }
}

interface MemoryEntry extends SampleEntry {
  readonly given: MemorySample;
}

function entryOf(given: MemorySample, index: number): MemoryEntry {
  const { id = String(index) } = given;
  const masked = given.mask !== undefined || given.instances !== undefined;
  return { id, given, image: `image of "${id}"`, mask: masked ? `mask of "${id}"` : undefined };
}

async function loadMasks({ id, given }: MemoryEntry, labels: LabelSchema) {
  const where = `mask of "${id}"`;
  const ids = given.instances && (await maskPixels(`instances of "${id}"`, given.instances));
  const objects = ids && { ...ids, data: Int32Array.from(ids.data) };
  if (given.mask !== undefined) {
    const mask = labelsOfMask(where, await maskPixels(where, given.mask), valueCoding(labels));
    return { ...mask, instances: objects };
  }
  if (ids === undefined) return undefined;
  const { counts, ...objectMask } = labelsOfMask(where, ids, instanceCoding(labels));
  // The classes are judged by their raw values, of masks and of ids together.
  const valueOf = (index: number): number => labels.classes[index]?.values[0] ?? index;
  return { ...objectMask, counts: new Map([...counts].map(([i, count]) => [valueOf(i), count])) };
}

async function loadMemory(
  entry: MemoryEntry,
  labels: LabelSchema,
  reading: ReadImageOptions,
): Promise<LoadedSample> {
  const { id, given, image: where } = entry;
  const image = imageOf(where, await imagePixels(where, given.image), reading);
  const masks = await loadMasks(entry, labels);
  const named = `target of "${id}"`;
  const target = given.target && imageOf(named, await imagePixels(named, given.target), reading);
  for (const [other, name] of [
    [masks?.labels, `mask of "${id}"`],
    [masks?.instances, `instances of "${id}"`],
    [target, named],
  ] as const) {
    if (other !== undefined) checkSize(image, where, other, name);
  }
  const sample: Sample = {
    id,
    image,
    ...(masks && { labels: masks.labels }),
    ...(masks?.instances && { instances: masks.instances }),
    ...(target && { target }),
  };
  return { sample, counts: masks?.counts ?? new Map<number, number>() };
}

/**
 * A data set of a program's own images: a plugin, to be named in the config. Tensors are read when the data set is
 * prepared, and samples are checked as those of files are.
 * @param name - `in-memory-` and a name, so that configs know its options.
 * @param samples - The images, or a function that makes them when the data set is prepared.
 * @example
 * const cells = inMemoryDataset('in-memory-cells', [{ image: { height, width, channels: 1, data }, mask }]);
 * const app = createApp({ plugins: [...firstParty, cells] });
 * app.fit({ …, data: { labels: { classes: ['background', 'cell'] }, train: 'in-memory-cells' } });
 * @throws ConfigError if the name does not start with `in-memory-`.
 */
export function inMemoryDataset(
  name: `in-memory-${string}`,
  samples: readonly MemorySample[] | (() => Promise<readonly MemorySample[]>),
): Plugin<'dataset'> {
  if (!/^in-memory-./.test(name)) {
    throw new ConfigError(
      `inMemoryDataset: expected a name like "in-memory-cells", received "${name}".`,
    );
  }
  return defineDataset({
    name,
    description: "Images of the program's own.",
    options,
    create: (given, context) => {
      const { labels } = context;
      return new FileDataset(
        {
          coding: valueCoding(labels),
          find: async () => {
            const all = typeof samples === 'function' ? await samples() : samples;
            return takeRange(all.map(entryOf), given.range, name);
          },
          load: (entry: MemoryEntry) => loadMemory(entry, labels, given),
        },
        // All are kept: a tensor may be gone when it is asked for again.
        { ...given, check: 'all', cacheMegabytes: Infinity },
        context,
      );
    },
  });
}
