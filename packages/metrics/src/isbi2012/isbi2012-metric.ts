import { connectedComponents, defineMetric, type LabelSchema, type Raster } from '@segkit/core';
import * as z from 'zod';

import { classIndex } from '../class-index.js';
import { expectLabels, type LabelPair } from '../expect-labels.js';
import { RunningMean } from '../running-mean.js';
import { segmentAgreement } from './segment-agreement.js';
import { warpingMismatches } from './warping-error.js';

const options = z.strictObject({
  separator: z
    .string()
    .optional()
    .describe(
      'Name of the class between the objects, such as the membrane; all others are inside of objects. Default: the ' +
        'first class.',
    ),
});

/** Options of the metric `isbi2012`. */
export type Isbi2012MetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    isbi2012: Isbi2012MetricOptions;
  }
}

const scoreNames = [
  'pixelError',
  'warpingError',
  'randError',
  'vRand',
  'vInfo',
  'splitInformation',
  'mergeInformation',
] as const;

type Scores = Readonly<Record<(typeof scoreNames)[number], number>>;

/**
 * The scores of one image. Ignored pixels are not counted; in the truth they take the prediction's side, so that they
 * stand in no outline's way.
 */
function imageScores(
  { truth, prediction }: LabelPair,
  separator: number,
  { ignoreIndex }: LabelSchema,
): Scores {
  const objects = (labels: Raster<Int32Array>): Raster<Uint8Array> => ({
    ...labels,
    data: Uint8Array.from(labels.data, (label) => (label === separator ? 0 : 1)),
  });
  const counted = truth.data.map((label) => (label === ignoreIndex ? 0 : 1));
  const pixels = counted.reduce((sum, one) => sum + one, 0);
  const predicted = objects(prediction);
  const known = objects(truth);
  const within = { ...known, data: known.data.map((inside, i) => inside * (counted[i] as number)) };
  const completed = known.data.map((inside, i) =>
    counted[i] === 1 ? inside : (predicted.data[i] as number),
  );
  const wrong = completed.reduce(
    (sum, inside, i) => sum + (inside === predicted.data[i] ? 0 : 1),
    0,
  );
  return {
    pixelError: wrong / pixels,
    warpingError: warpingMismatches({ ...known, data: completed }, predicted) / pixels,
    ...segmentAgreement(connectedComponents(within).data, connectedComponents(predicted).data),
  };
}

/**
 * The errors of the ISBI 2012 challenge on segmenting neurites, of labels as they are (the challenge takes the best of
 * several thresholds): `pixelError`, `warpingError` and `randError`, the later `vRand` and `vInfo`, and the variation of
 * information in bits as `splitInformation` and `mergeInformation`. Segments are connected components, over edges, of
 * what is not the separator. All are means over images; one where a score is NaN (all ignored, no true object) is left
 * out of its mean.
 */
export const isbi2012 = defineMetric({
  name: 'isbi2012',
  description: 'Pixel, warping and Rand error of the ISBI 2012 challenge, V-Rand and V-Info.',
  source: 'https://doi.org/10.3389/fnana.2015.00142',
  options,
  create: ({ separator }, { labels, path }) => {
    const between = classIndex(separator, labels, `${path}.separator`);
    const create = () => new Map(scoreNames.map((name) => [name, new RunningMean()]));
    let means = create();
    return {
      compares: 'labels',
      update: (observation) => {
        const scores = imageScores(expectLabels(observation, 'isbi2012', path), between, labels);
        for (const [name, mean] of means) mean.add(scores[name]);
      },
      compute: () => Object.fromEntries([...means].map(([name, mean]) => [name, mean.value])),
      reset: () => {
        means = create();
      },
    };
  },
});
