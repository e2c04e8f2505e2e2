import { join } from 'node:path';

import {
  createApp,
  firstParty,
  imageGrid,
  overlay,
  toRgb,
  writePng,
  type ConfigInput,
  type LabelClass,
  type Raster,
} from 'segkit';

import { trainAndOpen } from './train-and-open.ts';

/** Images on the sheet. */
const sheetRows = 4;

/** How a network did on the validation images. */
export interface Score {
  readonly meanIoU: number;
  readonly meanDice: number;
  readonly parameters: number;
}

const percent = (score: number): number => Number((100 * score).toFixed(1));

/**
 * Trains networks that differ in their `model` alone, prints their scores and draws
 * image | truth | prediction of every network.
 * @param configs - By the networks' names, each of the same data.
 * @param folder - Where the runs and the sheet are written.
 */
export async function compareSegmentation<Name extends string>(
  configs: Readonly<Record<Name, ConfigInput>>,
  folder: string,
): Promise<Record<Name, Score>> {
  const app = createApp({ plugins: firstParty });
  const rows: Raster<Uint8Array>[][] = [];
  const scores: [string, Score][] = [];
  for (const [name, config] of Object.entries<ConfigInput>(configs)) {
    const trained = await trainAndOpen(app, config, join(folder, name));
    const { classes } = trained.config.data.labels;
    let seen = 0;
    const { metrics } = await trained.evaluate('validation', {
      onImage: ({ image, labels: truth }, prediction) => {
        if (seen === sheetRows || truth === undefined || prediction === undefined) return;
        // Image and truth open the row; every network adds its prediction.
        const row = (rows[seen++] ??= [toRgb(image), drawn(truth, classes)]);
        row.push(drawn({ ...truth, data: prediction }, classes));
      },
    });
    const { meanIoU = Number.NaN, meanDice = Number.NaN } = metrics;
    scores.push([name, { meanIoU, meanDice, parameters: trained.model.parameterCount }]);
    trained.dispose();
  }
  const table = scores.map(([name, { meanIoU, meanDice, parameters }]) => [
    name,
    { 'mean IoU (%)': percent(meanIoU), 'mean Dice (%)': percent(meanDice), parameters },
  ]);
  console.table(Object.fromEntries(table));
  const picture = join(folder, 'sheet.png');
  await writePng(picture, imageGrid(rows));
  console.log(`sheet  ${picture} (image | truth | ${Object.keys(configs).join(' | ')})`);
  return Object.fromEntries(scores) as Record<Name, Score>;
}

/** Labels in the classes' colours. */
function drawn(labels: Raster<Int32Array>, classes: readonly LabelClass[]): Raster<Uint8Array> {
  const { height, width } = labels;
  const blank = { height, width, channels: 1, data: new Float32Array(height * width) };
  return overlay(blank, labels, classes, { opacity: 1, clear: null });
}
