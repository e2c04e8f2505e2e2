import { ConfigError, ShapeError, type Raster, type TrainedRun } from '@segkit/core';
import { imageOptionsOf, overlay, readImage, writeLabelPng, writePng } from '@segkit/data';
import type { Command } from 'commander';

import { openRecordedRun } from './open-recorded-run.js';
import { addPluginOption } from './options.js';
import { planPredictions, type PlannedPrediction } from './plan-predictions.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface PredictOptions {
  readonly out: string;
  readonly overlay?: true;
  readonly checkpoint?: string;
  readonly plugin: readonly string[];
}

const help = `
Writes <name>.png for every image: a palette PNG of the image's size whose 8-bit
pixel values are the classes' ids (by default their indices), shown in the
classes' colours. With --overlay also <name>-overlay.png: the image tinted in
the classes' colours. A network trained on target images writes its output image
instead. Existing files of these names are replaced.

Example:
  $ segkit predict runs/my-run images/ --out predictions --overlay`;

/** Adds `segkit predict`. */
export function addPredictCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('predict')
    .description('Segment images with a trained run.')
    .argument('<run>', "folder of the run, as 'segkit train' printed it")
    .argument('<images>', 'a PNG, JPEG or TIFF file, or a folder of them')
    .requiredOption('--out <folder>', 'folder to write to')
    .option('--overlay', 'also write the images with the predicted classes over them')
    .option(
      '--checkpoint <name>',
      'checkpoint to take; default: "best" if there is one, or "last"',
    );
  addPluginOption(command)
    .addHelpText('after', help)
    .action((run: string, images: string, options: PredictOptions) =>
      predict(run, images, options, terminal),
    );
}

async function predict(
  folder: string,
  images: string,
  options: PredictOptions,
  terminal: Terminal,
): Promise<void> {
  const { checkpoint, plugin, out } = options;
  const planned = await planPredictions(images, out);
  const chosen = { plugin, ...(checkpoint === undefined ? {} : { checkpoint }) };
  const run = await openRecordedRun(folder, chosen, terminalLogger(terminal));
  try {
    // Every image is read before the first file is written, so that a bad one does not leave half of the work.
    for (const { input } of planned) await readForNetwork(input, run);
    for (const [index, plan] of planned.entries()) {
      await predictImage(run, plan, options);
      terminal.writeErr(`${String(index + 1)}/${String(planned.length)} ${plan.labels}\n`);
    }
  } finally {
    run.dispose();
  }
}

/** Reads an image with the channels that the network takes. */
async function readForNetwork(path: string, run: TrainedRun): Promise<Raster<Float32Array>> {
  const { inChannels } = run.model;
  const convertible = inChannels === 1 || inChannels === 3;
  const image = await readImage(path, {
    ...imageOptionsOf(run.config.data.train),
    channels: convertible ? inChannels : undefined,
  });
  if (image.channels === inChannels) return image;
  throw new ShapeError(
    `${path}: the network takes ${String(inChannels)} channels, the image has ${String(image.channels)}; convert the image.`,
  );
}

async function predictImage(
  run: TrainedRun,
  plan: PlannedPrediction,
  options: PredictOptions,
): Promise<void> {
  const image = await readForNetwork(plan.input, run);
  const { labels, probabilities } = await run.predictor.predict(image, plan.input);
  const schema = run.config.data.labels;
  if (labels === undefined) {
    if (options.overlay === true) {
      throw new ConfigError('--overlay: the network makes images, not classes; leave it out.');
    }
    await writePng(plan.labels, probabilities);
    return;
  }
  await writeLabelPng(plan.labels, labels, schema);
  if (options.overlay !== true) return;
  await writePng(plan.overlay, overlay(image, labels, schema.classes));
}
