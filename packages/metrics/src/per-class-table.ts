import type { ConfusionMatrix, LabelSchema } from '@segkit/core';

import { classCounts, dice, iou, precision, recall } from './class-scores.js';

/** One class's row; scores in [0, 1], NaN where the definition divides by zero. */
export interface PerClassRow {
  readonly name: string;
  /** Pixels of the class in the truth. */
  readonly pixels: number;
  readonly iou: number;
  readonly dice: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * The per-class scores as rows, in the order of the classes.
 * @param labels - Gives the names; as many classes as the matrix.
 */
export function perClassTable(
  confusion: ConfusionMatrix,
  labels: Pick<LabelSchema, 'classes'>,
): readonly PerClassRow[] {
  const counts = classCounts(confusion);
  const columns = {
    iou: iou(confusion),
    dice: dice(confusion),
    precision: precision(confusion),
    recall: recall(confusion),
  };
  return labels.classes.map(({ name }, k) => ({
    name,
    pixels: counts[k]?.truth ?? 0,
    iou: columns.iou[k] ?? Number.NaN,
    dice: columns.dice[k] ?? Number.NaN,
    precision: columns.precision[k] ?? Number.NaN,
    recall: columns.recall[k] ?? Number.NaN,
  }));
}
