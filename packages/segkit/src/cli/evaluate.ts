import { DataError, type LabelSchema, type Spec, type TrainedRun } from '@segkit/core';
import { PredictionSheet, writePng } from '@segkit/data';
import { Option, type Command } from 'commander';

import { reportOf, formatReport } from './evaluation-report.js';
import { toJson } from './format.js';
import { openRecordedRun } from './open-recorded-run.js';
import { addPluginOption, parseCount } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';
import { addTilingOptions, tilingOf, type TilingOptions } from './tiling-options.js';
import { WorstImages } from './worst-images.js';
import { writeEvaluation } from './write-evaluation.js';

/** Images on a sheet. */
const sheetRows = 8;

const splits = ['validation', 'test', 'train'] as const;

interface EvaluateOptions extends TilingOptions {
  readonly checkpoint?: string;
  readonly split: (typeof splits)[number];
  readonly plugin: readonly string[];
  readonly metrics?: readonly string[];
  readonly bootstrap: number;
  readonly seed: number;
  readonly out?: string;
  readonly worst: number;
  readonly sheet?: string;
  readonly json?: true;
}

const help = `
Scores come from one confusion matrix over all pixels of the split; a dash
(JSON: null) marks a score that would divide by zero. Besides the config's
metrics, those of --metrics are computed; by default "boundary" and, for two
classes, "objects". A network trained on target images is scored by its
config's metrics, such as psnr and ssim.

--out writes report.json (what --json prints), per-image.csv (every score of
every image), confusion.png and worst.png (image, truth, prediction, errors).

Example:
  $ segkit evaluate runs/my-run --split test --out evaluation`;

/** Adds `segkit evaluate`. */
export function addEvaluateCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('evaluate')
    .description('Evaluate a trained run on a split of its data.')
    .argument('<run>', "folder of the run, as 'segkit train' printed it")
    .option('--checkpoint <name>', 'checkpoint to take; default: "best" if there is one, or "last"')
    .addOption(new Option('--split <split>', 'data to use').choices(splits).default('validation'))
    .option(
      '--metrics <names>',
      'more metrics, e.g. boundary,objects,isbi2012, or "none"; default: see below',
      (names: string) => (names === 'none' ? [] : names.split(',').map((name) => name.trim())),
    )
    .addOption(
      new Option('--bootstrap <n>', 'resamples for confidence intervals over images; 0 for none')
        .argParser(parseCount)
        .default(1000),
    )
    .addOption(new Option('--seed <n>', 'seed of the resamples').argParser(parseCount).default(0))
    .option('--out <folder>', 'write report, table of images, confusion matrix and worst images')
    .addOption(
      new Option('--worst <n>', 'images on the sheet of the worst, in --out')
        .argParser(parseCount)
        .default(8),
    )
    .option(
      '--sheet <file>',
      'draw image, truth (or target) and prediction of the first images as a PNG',
    )
    .option('--json', 'print one JSON object');
  addPluginOption(addTilingOptions(command))
    .addHelpText('after', help)
    .action((run: string, options: EvaluateOptions) => evaluate(run, options, terminal));
}

async function evaluate(
  folder: string,
  options: EvaluateOptions,
  terminal: Terminal,
): Promise<void> {
  const { checkpoint, split, plugin, sheet, out } = options;
  const chosen = { plugin, ...(checkpoint === undefined ? {} : { checkpoint }) };
  const run = await openRecordedRun(folder, chosen, terminalLogger(terminal));
  try {
    const { labels } = run.config.data;
    const drawn = new PredictionSheet();
    const worst = new WorstImages(out === undefined ? 0 : options.worst, labels);
    const evaluation = await run.evaluate(split, {
      tiling: tilingOf(options),
      metrics: (options.metrics ?? usualMetrics(run)) as readonly Spec<'metric'>[],
      scoreImages: out !== undefined,
      onImage: (sample, prediction, output, image) => {
        if (drawn.length < sheetRows) drawn.add(sample, prediction, output);
        worst.add(sample, prediction, output, image);
      },
    });
    if (sheet !== undefined) await writeSheet(sheet, drawn, labels);
    const resampling = { resamples: options.bootstrap, seed: options.seed };
    const report = reportOf(run, split, evaluation, resampling);
    terminal.writeOut(options.json === true ? toJson(report) : formatReport(report, folder));
    if (out === undefined) return;
    const paths = await writeEvaluation(out, { report, evaluation, worst }, labels);
    terminal.writeErr(paths.map((path) => `${path}\n`).join(''));
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

/** Outlines wherever there are classes; objects where all but the background are of one class. */
function usualMetrics({ config, makes }: TrainedRun): readonly string[] {
  if (makes === 'images') return [];
  return config.data.labels.classes.length === 2 ? ['boundary', 'objects'] : ['boundary'];
}
