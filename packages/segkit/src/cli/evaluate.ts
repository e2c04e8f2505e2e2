import { DataError, type Evaluation, type LabelSchema, type TrainedRun } from '@segkit/core';
import { PredictionSheet, writePng } from '@segkit/data';
import { perClassTable, summaryScores, type PerClassRow } from '@segkit/metrics';
import { Option, type Command } from 'commander';

import { formatCount, formatScore, formatScores, formatTable, toJson } from './format.js';
import { openRecordedRun } from './open-recorded-run.js';
import { addPluginOption } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

/** Images on a sheet. */
const sheetRows = 8;

const splits = ['validation', 'test', 'train'] as const;

interface EvaluateOptions {
  readonly checkpoint?: string;
  readonly split: (typeof splits)[number];
  readonly plugin: readonly string[];
  readonly sheet?: string;
  readonly json?: true;
}

const help = `
Scores come from one confusion matrix over all pixels of the split; a dash
(JSON: null) marks a score that would divide by zero. A network trained on
target images is scored by its config's metrics, such as psnr and ssim.

Example:
  $ segkit evaluate runs/my-run --split test --sheet sheet.png`;

/** Adds `segkit evaluate`. */
export function addEvaluateCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('evaluate')
    .description('Evaluate a trained run on a split of its data.')
    .argument('<run>', "folder of the run, as 'segkit train' printed it")
    .option('--checkpoint <name>', 'checkpoint to take; default: "best" if there is one, or "last"')
    .addOption(new Option('--split <split>', 'data to use').choices(splits).default('validation'))
    .option(
      '--sheet <file>',
      'draw image, truth (or target) and prediction of the first images as a PNG',
    )
    .option('--json', 'print one JSON object');
  addPluginOption(command)
    .addHelpText('after', help)
    .action((run: string, options: EvaluateOptions) => evaluate(run, options, terminal));
}

/** What `segkit evaluate --json` prints; scores are in [0, 1]. */
interface EvaluationReport {
  readonly checkpoint: string;
  readonly split: string;
  readonly images: number;
  readonly loss: number;
  readonly meanIoU: number;
  readonly meanDice: number;
  readonly pixelAccuracy: number;
  readonly meanClassAccuracy: number;
  readonly frequencyWeightedIoU: number;
  readonly classes: readonly PerClassRow[];
  /** Everything the config's metrics computed. */
  readonly metrics: Readonly<Record<string, number>>;
}

async function evaluate(
  folder: string,
  options: EvaluateOptions,
  terminal: Terminal,
): Promise<void> {
  const { checkpoint, split, plugin, sheet } = options;
  const chosen = { plugin, ...(checkpoint === undefined ? {} : { checkpoint }) };
  const run = await openRecordedRun(folder, chosen, terminalLogger(terminal));
  try {
    const drawn = new PredictionSheet();
    const evaluation = await run.evaluate(split, {
      onImage: (sample, prediction, output) => {
        if (drawn.length < sheetRows) drawn.add(sample, prediction, output);
      },
    });
    if (sheet !== undefined) await writeSheet(sheet, drawn, run.config.data.labels);
    const report = reportOf(run, split, evaluation);
    terminal.writeOut(options.json === true ? toJson(report) : formatReport(report, folder));
  } finally {
    run.dispose();
  }
}

async function writeSheet(path: string, sheet: PredictionSheet, labels: LabelSchema) {
  if (sheet.length === 0) {
    throw new DataError('--sheet: the split has no images, so there is nothing to draw.');
  }
  await writePng(path, sheet.draw(labels));
}

function reportOf(run: TrainedRun, split: string, evaluation: Evaluation): EvaluationReport {
  const { confusion, images, loss, metrics } = evaluation;
  return {
    checkpoint: run.checkpoint,
    split,
    images,
    loss,
    ...summaryScores(confusion),
    classes: perClassTable(confusion, run.config.data.labels),
    metrics,
  };
}

function formatReport(report: EvaluationReport, folder: string): string {
  const { checkpoint, split, images, classes, metrics, ...scores } = report;
  const title = `${folder}, checkpoint "${checkpoint}", ${split} (${String(images)} images)`;
  // An image-to-image network says nothing of classes.
  if (classes.every(({ pixels }) => pixels === 0)) {
    return `${title}\n${formatScores({ loss: scores.loss, ...metrics })}\n`;
  }
  const rows = classes.map((row) => [
    row.name,
    formatCount(row.pixels),
    ...[row.iou, row.dice, row.precision, row.recall].map(formatScore),
  ]);
  const table = formatTable(['class', 'pixels', 'IoU', 'Dice', 'precision', 'recall'], rows);
  return `${title}\n${table}\n${formatScores(scores)}\n`;
}
