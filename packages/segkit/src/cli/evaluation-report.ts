import { randomStream, type Evaluation, type TrainedRun } from '@segkit/core';
import {
  bootstrapIoU,
  perClassTable,
  summaryScores,
  type Interval,
  type PerClassRow,
} from '@segkit/metrics';

import { formatCount, formatScore, formatScores, formatTable } from './format.js';

/** Share of resampled scores inside a confidence interval. */
const level = 0.95;

/** How to resample images for confidence intervals. */
export interface Resampling {
  /** How often; 0 for no intervals. */
  readonly resamples: number;
  readonly seed: number;
}

/** A class's scores and what its IoU is in 95 % of the resampled sets of images. */
interface ClassRow extends PerClassRow {
  readonly iouInterval?: Interval;
}

/** What `segkit evaluate --json` prints; scores are in [0, 1]. */
export interface EvaluationReport {
  readonly checkpoint: string;
  readonly split: string;
  readonly images: number;
  readonly loss: number;
  readonly meanIoU: number;
  readonly meanDice: number;
  readonly pixelAccuracy: number;
  readonly meanClassAccuracy: number;
  readonly frequencyWeightedIoU: number;
  readonly classes: readonly ClassRow[];
  /** Of the mean IoU, and how it was found; absent in image-to-image tasks. */
  readonly bootstrap?: Resampling & { readonly level: number; readonly meanIoU: Interval };
  /** Everything that metrics computed. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Gathers what an evaluation found. */
export function reportOf(
  run: TrainedRun,
  split: string,
  { confusion, images, loss, metrics, perImage }: Evaluation,
  { resamples, seed }: Resampling,
): EvaluationReport {
  const confusions = perImage.flatMap((image) => image.confusion ?? []);
  const intervals =
    resamples > 0 && confusions.length > 0
      ? bootstrapIoU(confusions, { resamples, level, random: randomStream(seed) })
      : undefined;
  const rows = perClassTable(confusion, run.config.data.labels).map((row, k) => {
    const iouInterval = intervals?.iou[k];
    return { ...row, ...(iouInterval && { iouInterval }) };
  });
  return {
    checkpoint: run.checkpoint,
    split,
    images,
    loss,
    ...summaryScores(confusion),
    classes: rows,
    ...(intervals && { bootstrap: { resamples, seed, level, meanIoU: intervals.meanIoU } }),
    metrics,
  };
}

/** `0.71 - 0.83`, or a dash. */
function formatInterval({ low, high }: Interval): string {
  return Number.isFinite(low) ? `${formatScore(low)} - ${formatScore(high)}` : '-';
}

/**
 * The report as text.
 * @param folder - The run's, for the title.
 */
export function formatReport(report: EvaluationReport, folder: string): string {
  const { checkpoint, split, images, classes, metrics, bootstrap, ...scores } = report;
  const title = `${folder}, checkpoint "${checkpoint}", ${split} (${String(images)} images)`;
  // An image-to-image network says nothing of classes.
  if (classes.every(({ pixels }) => pixels === 0)) {
    return `${title}\n${formatScores({ loss: scores.loss, ...metrics })}\n`;
  }
  const rows = classes.map((row) => [
    row.name,
    formatCount(row.pixels),
    formatScore(row.iou),
    ...(row.iouInterval === undefined ? [] : [formatInterval(row.iouInterval)]),
    ...[row.dice, row.precision, row.recall].map(formatScore),
  ]);
  const interval = bootstrap === undefined ? [] : ['95 % interval'];
  const head = ['class', 'pixels', 'IoU', ...interval, 'Dice', 'precision', 'recall'];
  const known = Object.keys(scores);
  // Scores of single classes stand in the table or in --json.
  const others = Object.entries(metrics).filter(
    ([name]) => !known.includes(name) && !name.includes('/'),
  );
  const lines = [
    title,
    formatTable(head, rows),
    formatScores({ ...scores, ...Object.fromEntries(others) }),
  ];
  if (bootstrap !== undefined) {
    lines.push(
      `  mean IoU in [${formatInterval(bootstrap.meanIoU).replace(' - ', ', ')}] in 95 % of ` +
        `${formatCount(bootstrap.resamples)} resampled sets of images`,
    );
  }
  return `${lines.join('\n')}\n`;
}
