import { defineMetric } from '@segkit/core';
import * as z from 'zod';

import { classIndex } from '../class-index.js';
import { expectLabels } from '../expect-labels.js';
import { imageScores } from './image-scores.js';
import { expectProbabilities, objectsOf, proposalAt } from './proposals.js';
import { bestOf, ScoreMeans } from './score-means.js';

const options = z.strictObject({
  separator: z
    .string()
    .optional()
    .describe(
      'Name of the class between the objects, such as the membrane; all others are inside of objects. Default: the ' +
        'first class.',
    ),
  thresholds: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .optional()
    .describe(
      'Probabilities above which a pixel is taken for an object; every score is the best over them, as in the ' +
        "challenge's ranking. Default: the predicted labels alone.",
    ),
});

/** Options of the metric `isbi2012`. */
export type Isbi2012MetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    isbi2012: Isbi2012MetricOptions;
  }
}

/**
 * The errors of the ISBI 2012 challenge on segmenting neurites: `pixelError`, `warpingError` and `randError`, the later
 * `vRand` and `vInfo`, and the variation of information in bits as `splitInformation` and `mergeInformation`. Segments
 * are connected components, over edges, of what is not the separator. All are means over images; one where a score is
 * NaN (all ignored, no true object) is left out of its mean.
 *
 * They are those of the predicted labels or, with `thresholds`, the best of each over thresholds of the probability of
 * objects (1 - that of the separator).
 */
export const isbi2012 = defineMetric({
  name: 'isbi2012',
  description: 'Pixel, warping and Rand error of the ISBI 2012 challenge, V-Rand and V-Info.',
  source: 'https://doi.org/10.3389/fnana.2015.00142',
  options,
  create: ({ separator, thresholds }, { labels, path }) => {
    const between = classIndex(separator, labels, `${path}.separator`);
    const create = () => (thresholds ?? ['labels']).map(() => new ScoreMeans());
    let means = create();
    return {
      compares: 'labels',
      update: (observation) => {
        const { truth, prediction } = expectLabels(observation, 'isbi2012', path);
        const proposals =
          thresholds === undefined
            ? [{ objects: objectsOf(prediction, between) }]
            : thresholds.map((threshold) =>
                proposalAt(expectProbabilities(observation, truth), between, threshold),
              );
        proposals.forEach((proposal, at) =>
          means[at]?.add(imageScores(truth, proposal, between, labels.ignoreIndex)),
        );
      },
      compute: () => ({ ...bestOf(means.map(({ values }) => values)) }),
      reset: () => {
        means = create();
      },
    };
  },
});
