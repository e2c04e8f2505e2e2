import { ConfigError, createEnsemble, type Predictor, type TrainedRun } from '@segkit/core';
import { imageOptionsOf, largeImage } from '@segkit/data';
import { InvalidArgumentError, type Command } from 'commander';

import { interrupted } from './exit-code.js';
import { findImages, type FoundImage } from './find-images.js';
import { toJson } from './format.js';
import { openRecordedRun } from './open-recorded-run.js';
import { addPluginOption, parseCount } from './options.js';
import { planPredictions } from './plan-predictions.js';
import {
  openForNetwork,
  predictImage,
  type ImageReading,
  type PredictedImage,
} from './predict-image.js';
import { PredictProgress } from './predict-progress.js';
import {
  formatNames,
  imageFormats,
  predictionFormats,
  type FormatName,
} from './prediction-formats.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';
import { addTilingOptions, tilingOf, type TilingOptions } from './tiling-options.js';

interface PredictOptions extends TilingOptions {
  readonly out: string;
  readonly format: readonly FormatName[];
  readonly overlay?: true;
  readonly checkpoint?: string;
  readonly minSize: number;
  readonly plugin: readonly string[];
  readonly json?: true;
}

const formatHelp = formatNames
  .map((name) => {
    const { about, file } = predictionFormats[name];
    return `  ${name.padEnd(14)}${file('<name>', false).padEnd(29)}${about}`;
  })
  .join('\n');

const help = `
Formats, for every image <name>:
${formatHelp}
Maps of images above ${String(largeImage / 2 ** 20)} million pixels, and of GeoTIFFs, are tiled TIFFs (.tif) of the same
extent on earth. More than 255 classes are 16 bits. A network trained on target
images writes its output image as "labels". Sub-folders are kept; existing files
of these names are replaced.

Several runs are an ensemble: their probabilities are averaged.

Examples:
  $ segkit predict runs/my-run images/ --out predictions --overlay
  $ segkit predict runs/a runs/b scene.tif --out maps --format labels,polygons --tta 8`;

/** Adds `segkit predict`. */
export function addPredictCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('predict')
    .description('Segment images with a trained run, or with several.')
    .usage('[options] <run...> <images>')
    .argument(
      '<paths...>',
      "folders of runs, as 'segkit train' printed them, then a PNG, JPEG or TIFF file, or a folder of them",
    )
    .requiredOption('--out <folder>', 'folder to write to')
    .option('--format <names>', 'what to write, several with commas', parseFormats, ['labels'])
    .option('--overlay', 'also write the images with the predicted classes over them')
    .option('--checkpoint <name>', 'checkpoint to take; default: "best" if there is one, or "last"')
    .option('--min-size <pixels>', 'leave out smaller polygons and instances', parseCount, 0)
    .option('--json', 'print what was done as one JSON object');
  addPluginOption(addTilingOptions(command))
    .addHelpText('after', help)
    .action((paths: readonly string[], options: PredictOptions) => {
      const runs = paths.slice(0, -1);
      if (runs.length > 0) return predict(runs, paths.at(-1) ?? '', options, terminal);
      command.error('error: expected a run and images, received one path; see --help.');
    });
}

function parseFormats(text: string): readonly FormatName[] {
  const names = text.split(',').map((name) => name.trim());
  const known = formatNames.filter((name) => names.includes(name));
  const unknown = names.filter((name) => !(formatNames as string[]).includes(name));
  if (unknown.length === 0) return known;
  throw new InvalidArgumentError(
    `Expected ${formatNames.join(', ')}, received "${unknown.join(', ')}".`,
  );
}

async function predict(
  folders: readonly string[],
  images: string,
  options: PredictOptions,
  terminal: Terminal,
): Promise<void> {
  const started = performance.now();
  const found = await findImages(images, options.out);
  const runs: TrainedRun[] = [];
  try {
    for (const folder of folders) {
      const { checkpoint, plugin } = options;
      const chosen = { plugin, ...(checkpoint === undefined ? {} : { checkpoint }) };
      runs.push(await openRecordedRun(folder, chosen, terminalLogger(terminal)));
    }
    const done = await predictAll(runs, found, options, terminal);
    if (options.json !== true) return;
    const seconds = (performance.now() - started) / 1000;
    const checkpoints = runs.map(({ checkpoint }, i) => ({ run: folders[i], checkpoint }));
    terminal.writeOut(toJson({ runs: checkpoints, images: done, seconds }));
  } finally {
    for (const run of runs) run.dispose();
  }
}

async function predictAll(
  runs: readonly TrainedRun[],
  found: readonly FoundImage[],
  options: PredictOptions,
  terminal: Terminal,
): Promise<readonly PredictedImage[]> {
  const predictor = createEnsemble(runs);
  const [run] = runs as [TrainedRun];
  const formats = formatsFor(predictor, options);
  // Every image is opened before the first file is written, so that a bad one does not leave half of the work.
  const opened = [];
  const reading = imageOptionsOf(run.config.data.train);
  for (const image of found) {
    opened.push({ ...image, tiff: await isTiffWanted(image, predictor, reading) });
  }
  const planned = planPredictions(opened, options.out, formats);
  const controller = new AbortController();
  terminal.onInterrupt(() => {
    if (controller.signal.aborted) terminal.exit(130);
    controller.abort(interrupted('Stopped by Ctrl-C; finished files are kept.'));
  });
  const progress = new PredictProgress(terminal, planned.length);
  const done: PredictedImage[] = [];
  for (const [index, plan] of planned.entries()) {
    const job = {
      reading,
      predictor,
      schema: run.config.data.labels,
      minimumArea: options.minSize,
      options: {
        ...tilingOf(options),
        signal: controller.signal,
        onProgress: progress.start(plan.input),
      },
    };
    const predicted = await predictImage(job, plan, opened[index]?.tiff === true);
    progress.finish(index + 1, predicted);
    done.push(predicted);
  }
  return done;
}

async function isTiffWanted(
  { input }: FoundImage,
  predictor: Predictor,
  reading: ImageReading,
): Promise<boolean> {
  const source = await openForNetwork(input, predictor.inChannels, reading);
  await source.close();
  return source.geo !== undefined || source.height * source.width > largeImage;
}

/** @throws ConfigError if a network that makes images is asked for classes. */
function formatsFor(
  { activation }: Predictor,
  { format, overlay }: PredictOptions,
): readonly FormatName[] {
  const wanted = overlay === true && !format.includes('overlay') ? [...format, 'overlay'] : format;
  const formats = formatNames.filter((name) => wanted.includes(name));
  const wrong = formats.find((name) => activation === 'none' && !imageFormats.includes(name));
  if (wrong === undefined) return formats;
  const flag = wrong === 'overlay' && overlay === true ? '--overlay' : `--format ${wrong}`;
  throw new ConfigError(`${flag}: the network makes images, not classes; leave it out.`);
}
