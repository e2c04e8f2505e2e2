import { defineDataset, type Raster, type ResolvedSpec, type Sample } from 'segkit';
import * as z from 'zod';

declare module '@segkit/core' {
  interface DatasetOptions {
    'separated-objects': { readonly of: string | { readonly name: string } };
  }
}

/** Whether a pixel of an object has a pixel of another object among its eight neighbours. */
function touchesAnother(
  { height, width, data }: Raster<Int32Array>,
  y: number,
  x: number,
): boolean {
  const own = data[y * width + x] as number;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      const other = data[row * width + column] as number;
      if (other > 0 && other !== own) return true;
    }
  }
  return false;
}

/** Turns pixels where two objects touch into background: a line two pixels wide, one from either object. */
function separate(sample: Sample): Sample {
  const { labels, instances } = sample;
  if (labels === undefined || instances === undefined) return sample;
  const { height, width } = instances;
  const ids = Int32Array.from(instances.data);
  const classes = Int32Array.from(labels.data);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (ids[i] === 0 || !touchesAnother(instances, y, x)) continue;
      ids[i] = 0;
      classes[i] = 0;
    }
  }
  return {
    ...sample,
    instances: { ...instances, data: ids },
    labels: { ...labels, data: classes },
  };
}

/**
 * Another data set whose touching objects are drawn apart: what the U-Net paper trains on. A network of classes cannot
 * learn a border that its labels do not have.
 */
export const separatedObjects = defineDataset({
  name: 'separated-objects',
  description: 'Another data set with a line of background between touching objects.',
  options: ({ component }) =>
    z.strictObject({ of: component('dataset').describe('A data set with instances.') }),
  create: ({ of }: { of: ResolvedSpec }, { labels, baseFolder, create }) => {
    const dataset = create('dataset', of, { labels, baseFolder }, 'of');
    return {
      get length() {
        return dataset.length;
      },
      get channels() {
        return dataset.channels;
      },
      prepare: () => dataset.prepare(),
      load: async (index) => separate(await dataset.load(index)),
    };
  },
});
