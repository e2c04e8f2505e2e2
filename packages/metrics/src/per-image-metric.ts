import { type ConfusionMatrix, defineMetric } from '@segkit/core';
import * as z from 'zod';

import { iou } from './class-scores.js';
import { expectConfusion } from './expect-confusion.js';
import { RunningMean } from './running-mean.js';
import {
  frequencyWeightedIoU,
  meanClassAccuracy,
  meanDice,
  meanIoU,
  pixelAccuracy,
} from './summary-scores.js';

const scores: Readonly<Record<string, (confusion: ConfusionMatrix) => number>> = {
  imageMeanIoU: meanIoU,
  imageMeanDice: meanDice,
  imagePixelAccuracy: pixelAccuracy,
  imageMeanClassAccuracy: meanClassAccuracy,
  imageFrequencyWeightedIoU: frequencyWeightedIoU,
};

const options = z.strictObject({
  perClass: z.boolean().default(true).describe('Also give `imageIoU/<class name>`.'),
});

/** Options of the metric `per-image`. */
export type PerImageMetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    'per-image': PerImageMetricOptions;
  }
}

/**
 * Means over images of scores computed image by image: `imageMeanIoU`, `imageMeanDice`, `imagePixelAccuracy`,
 * `imageMeanClassAccuracy`, `imageFrequencyWeightedIoU` and `imageIoU/<name>`. Every image weighs the same,
 * however many pixels count in it; an image where a score is NaN (a class in neither truth nor prediction, all
 * pixels ignored) is left out of that score's mean. These differ from the scores of `segmentation`.
 */
export const perImage = defineMetric({
  name: 'per-image',
  description: 'Means over images of IoU, Dice and accuracies computed image by image.',
  options,
  create: ({ perClass }, { labels, path }) => {
    let means = new Map<string, RunningMean>();
    const reset = (): void => {
      const names = Object.keys(scores);
      if (perClass) names.push(...labels.classes.map(({ name }) => `imageIoU/${name}`));
      means = new Map(names.map((name) => [name, new RunningMean()]));
    };
    reset();
    return {
      compares: 'labels',
      update: (observation) => {
        const confusion = expectConfusion(observation, path);
        for (const [name, score] of Object.entries(scores)) means.get(name)?.add(score(confusion));
        iou(confusion).forEach((value, k) => {
          means.get(`imageIoU/${labels.classes[k]?.name ?? ''}`)?.add(value);
        });
      },
      compute: () => Object.fromEntries([...means].map(([name, mean]) => [name, mean.value])),
      reset,
    };
  },
});
