// Components of the tests that threads import from here.
import * as z from 'zod';

import { DataError } from '../../errors.js';
import { defineDataset, defineLoss, defineTransform, type Plugin } from '../../registry/plugin.js';
import type { Sample } from '../../components/sample.js';

const module = import.meta.url;
const none = z.strictObject({});
const side = 8;

/** For tests: a sample of fractions of 255 that no two indices share. */
function numberedSample(index: number): Sample {
  const raster = { height: side, width: side, channels: 1 };
  const data = Float32Array.from({ length: side * side }, (_, i) => ((7 * index + i) % 256) / 255);
  return {
    id: `number ${String(index)}`,
    image: { ...raster, data },
    labels: { ...raster, data: Int32Array.from(data, (value) => Number(value > 0.1)) },
  };
}

/** For tests: numbered samples. `kept` gives the same object every time, as a data set with a cache of its own does. */
const numbered = defineDataset({
  name: 'numbered',
  description: 'Numbered samples.',
  module,
  options: z.strictObject({
    count: z.number().default(11),
    broken: z.array(z.number()).default([]),
    kept: z.boolean().default(false),
  }),
  create: ({ count, broken, kept }) => {
    const samples = new Map<number, Sample>();
    return {
      length: count,
      channels: 1,
      prepare: () => Promise.resolve(),
      nameOf: (index) => `number ${String(index)}`,
      fingerprint: (index) => Promise.resolve(`made ${String(index)}`),
      load: (index) => {
        if (broken.includes(index))
          return Promise.reject(new DataError(`${String(index)}.jpg: cut off`));
        const sample = samples.get(index) ?? numberedSample(index);
        if (kept) samples.set(index, sample);
        return Promise.resolve(sample);
      },
    };
  },
});

/** For tests: adds noise to the image, but not to sample 0. */
const noise = defineTransform({
  name: 'noise',
  description: 'Noise.',
  module,
  options: none,
  create: () => ({
    apply: (sample, random) =>
      sample.id === 'number 0'
        ? sample
        : {
            ...sample,
            image: {
              ...sample.image,
              data: sample.image.data.map((value) => value + random.uniform()),
            },
            restore: [(prediction) => prediction],
          },
  }),
});

/** For tests: does what no transform should to sample 5. */
const harmful = defineTransform({
  name: 'harmful',
  description: 'Harm.',
  module,
  options: z.strictObject({ harm: z.enum(['throw', 'exit']) }),
  create: ({ harm }) => ({
    apply: (sample) => {
      if (sample.id !== 'number 5') return sample;
      if (harm === 'throw') throw new TypeError('x is not a function');
      process.exit(3);
    },
  }),
});

/** For tests: knows no module. */
const homeless = defineTransform({
  name: 'homeless',
  description: 'Nothing.',
  options: none,
  create: () => ({ apply: (sample) => sample }),
});

/** For tests: says that it is exported here, and is not. */
const liar: Plugin = { ...homeless, name: 'liar', module };

/** For tests: weighs pixels by their label. */
const weighing = defineLoss({
  name: 'weighing',
  description: 'Weighs.',
  module,
  options: z.strictObject({ factor: z.number().default(3) }),
  create: ({ factor }) => ({
    activation: 'softmax',
    outChannels: (classes) => classes,
    forward: () => {
      throw new Error('not for training');
    },
    weightMap: (labels) => ({
      ...labels,
      data: Float32Array.from(labels.data, (label) => factor * label + 0.1),
    }),
  }),
});

/** What threads find here. */
export const threadPlugins: readonly Plugin[] = [numbered, noise, harmful, weighing];
/** What they do not. */
export const otherPlugins: () => readonly Plugin[] = () => [homeless, liar];
