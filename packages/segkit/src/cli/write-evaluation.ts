import { join } from 'node:path';

import type { Evaluation, LabelSchema } from '@segkit/core';
import { confusionPicture, writeAtomically, writePng } from '@segkit/data';

import type { EvaluationReport } from './evaluation-report.js';
import { toJson } from './format.js';
import { perImageCsv } from './per-image-csv.js';
import type { WorstImages } from './worst-images.js';

/** What an evaluation leaves behind. */
export interface EvaluationOutcome {
  readonly report: EvaluationReport;
  readonly evaluation: Evaluation;
  readonly worst: WorstImages;
}

/**
 * Writes `report.json`, `per-image.csv`, `worst.png` and, where there are classes, `confusion.png`, each atomically;
 * files of these names are replaced.
 * @returns The paths of the files.
 */
export async function writeEvaluation(
  folder: string,
  { report, evaluation, worst }: EvaluationOutcome,
  labels: LabelSchema,
): Promise<readonly string[]> {
  const { perImage, confusion } = evaluation;
  const paths: string[] = [];
  const pathOf = (name: string): string => {
    const path = join(folder, name);
    paths.push(path);
    return path;
  };
  const text = new TextEncoder();
  await writeAtomically(pathOf('report.json'), text.encode(toJson(report)));
  await writeAtomically(pathOf('per-image.csv'), text.encode(perImageCsv(perImage, labels)));
  if (perImage.some((image) => image.confusion !== undefined)) {
    await writePng(pathOf('confusion.png'), confusionPicture(confusion, labels.classes));
  }
  const sheet = worst.draw();
  if (sheet !== undefined) await writePng(pathOf('worst.png'), sheet);
  return paths;
}
