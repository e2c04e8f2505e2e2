import { ConfusionMatrix, defineMetric } from '@segkit/core';
import * as z from 'zod';

import { dice, iou, precision, recall } from './class-scores.js';
import { expectConfusion } from './expect-confusion.js';
import { summaryScores } from './summary-scores.js';

const classScores = { iou, dice, precision, recall };

const options = z.strictObject({
  perClass: z
    .array(z.enum(['iou', 'dice', 'precision', 'recall']))
    .default(['iou', 'dice', 'precision', 'recall'])
    .describe('Scores that are also given per class, as `iou/<class name>`.'),
});

/** Options of the metric `segmentation`. */
export type SegmentationMetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    segmentation: SegmentationMetricOptions;
  }
}

/**
 * Scores of one confusion matrix over all images: `meanIoU`, `meanDice`, `pixelAccuracy`, `meanClassAccuracy`,
 * `frequencyWeightedIoU`, and per class `iou/<name>`, `dice/<name>`, `precision/<name>`, `recall/<name>`.
 * Pixels of `ignoreIndex` do not count; a score that divides by zero is NaN.
 */
export const segmentation = defineMetric({
  name: 'segmentation',
  description: 'Mean and per-class IoU, Dice, precision, recall and accuracies over all pixels.',
  options,
  create: ({ perClass }, { labels, path }) => {
    const confusion = new ConfusionMatrix(labels.classes.length);
    return {
      compares: 'labels',
      update: (observation) => {
        confusion.merge(expectConfusion(observation, path));
      },
      compute: () => {
        const scores: Record<string, number> = summaryScores(confusion);
        for (const score of perClass) {
          const values = classScores[score](confusion);
          labels.classes.forEach(({ name }, k) => {
            scores[`${score}/${name}`] = values[k] ?? Number.NaN;
          });
        }
        return scores;
      },
      reset: () => {
        confusion.reset();
      },
    };
  },
});
