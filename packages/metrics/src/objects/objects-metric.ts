import { defineMetric } from '@segkit/core';
import * as z from 'zod';

import { classIndex } from '../class-index.js';
import { expectLabels, type LabelPair } from '../expect-labels.js';
import { meanAndPerClass } from '../mean-and-per-class.js';
import { RunningMean } from '../running-mean.js';
import { aggregatedJaccard } from './aggregated-jaccard.js';
import { classObjects, type ObjectOptions } from './class-objects.js';
import { dataScienceBowlScore, objectCounts } from './object-counts.js';
import { overlappingObjects } from './overlapping-objects.js';

const options = z.strictObject({
  background: z
    .string()
    .optional()
    .describe('Name of the class that holds no objects. Default: the first class.'),
  connectivity: z
    .union([z.literal(4), z.literal(8)])
    .default(4)
    .describe('Whether components join over edges (4), or over corners too (8).'),
});

/** Options of the metric `objects`. */
export type ObjectsMetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    objects: ObjectsMetricOptions;
  }
}

/** IoU above which a predicted object is a hit. */
const hitThreshold = 0.5;

/** Sums of one class over images. */
class ClassObjectScores {
  #hits = 0;
  #hitIoU = 0;
  #truth = 0;
  #predicted = 0;
  readonly #bowl = new RunningMean();
  readonly #aji = new RunningMean();

  add(pair: LabelPair, label: number, settings: ObjectOptions): void {
    const objects = overlappingObjects(classObjects(pair, label, settings));
    const { hits, hitIoU, truth, predicted } = objectCounts(objects, hitThreshold);
    this.#hits += hits;
    this.#hitIoU += hitIoU;
    this.#truth += truth;
    this.#predicted += predicted;
    this.#bowl.add(dataScienceBowlScore(objects));
    this.#aji.add(aggregatedJaccard(objects));
  }

  scores() {
    // TP + FP = predicted and TP + FN = truth, so 2 TP + FP + FN is their sum.
    const all = this.#truth + this.#predicted;
    return {
      objectF1: (2 * this.#hits) / all,
      objectPrecision: this.#hits / this.#predicted,
      objectRecall: this.#hits / this.#truth,
      dsbScore: this.#bowl.value,
      aji: this.#aji.value,
      panopticQuality: (2 * this.#hitIoU) / all,
      segmentationQuality: this.#hitIoU / this.#hits,
    };
  }
}

/**
 * How well objects are found, per class as `objectF1/<name>` and so on, and in the mean over classes. True objects are
 * the data set's instances, or else the connected components of a class; predicted ones are connected components.
 *
 * - `objectF1`, `objectPrecision`, `objectRecall`: pairs with an IoU above 0.5 are hits; counted over all images.
 * - `panopticQuality`: sum of the hits' IoUs over `TP + FP / 2 + FN / 2`; `segmentationQuality`: their mean.
 * - `dsbScore`: the Data Science Bowl's mean of `TP / (TP + FP + FN)` over IoU thresholds; mean over images.
 * - `aji`: aggregated Jaccard index; mean over images.
 *
 * Pixels ignored in the truth belong to no object. An image without any object of a class does not count for it; NaN
 * where a score would divide by zero.
 */
export const objects = defineMetric({
  name: 'objects',
  description: 'Object F1, Data Science Bowl score, AJI and panoptic quality, mean and per class.',
  source: 'https://doi.org/10.1109/TMI.2017.2677499',
  options,
  create: ({ background, connectivity }, { labels, path }) => {
    const { classes, ignoreIndex } = labels;
    const excluded = classIndex(background, labels, `${path}.background`);
    const counted = classes.map((_, k) => k).filter((k) => k !== excluded);
    const create = () => counted.map(() => new ClassObjectScores());
    let sums = create();
    return {
      compares: 'labels',
      update: (observation) => {
        const pair = expectLabels(observation, 'objects', path);
        counted.forEach((label, at) => sums[at]?.add(pair, label, { ignoreIndex, connectivity }));
      },
      compute: () => {
        const rows = sums.map((one) => one.scores());
        const names = Object.keys(
          new ClassObjectScores().scores(),
        ) as (keyof (typeof rows)[number])[];
        const perClass = names.map((name) => [name, rows.map((row) => row[name])] as const);
        return meanAndPerClass(
          Object.fromEntries(perClass),
          classes.filter((_, k) => k !== excluded),
        );
      },
      reset: () => {
        sums = create();
      },
    };
  },
});
