// Trains a small U-Net on images that segkit generates itself, evaluates it beside a threshold, and draws a sheet.
//
//   npm run demo
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { filter, lastValueFrom } from 'rxjs';
import {
  createApp,
  firstParty,
  labelSheet,
  meanIoU,
  perClassTable,
  pixelAccuracy,
  thresholdBaseline,
  writePng,
  type Sample,
  type SheetRow,
} from 'segkit';

import { config, demoSteps } from './config.ts';

const runs = fileURLToPath(new URL('../../runs', import.meta.url));

/** Images on the sheet. */
const sheetRows = 4;

const percent = (score: number): number => Number((100 * score).toFixed(1));

/** Trains for `steps`, prints the tables and returns both mean IoUs. */
export async function run({ steps = demoSteps, out = runs } = {}) {
  const started = performance.now();
  const app = createApp({ plugins: firstParty });

  const training = app.fit(
    { ...config, train: { ...config.train, steps } },
    { folder: join(out, 'demo') },
  );
  const start = lastValueFrom(training.pipe(filter((event) => event.type === 'run-start')));
  const folder = (await start).folder ?? out;

  const samples: Sample[] = [];
  const sheet: SheetRow[] = [];
  const trained = await app.openRun(folder);
  const { confusion } = await trained.evaluate('validation', {
    onImage: (sample, prediction) => {
      samples.push(sample);
      if (prediction === undefined || sheet.length === sheetRows) return;
      const { height, width } = sample.image;
      const labels = { height, width, channels: 1, data: prediction };
      sheet.push({
        image: sample.image,
        ...(sample.labels && { truth: sample.labels }),
        prediction: labels,
      });
    },
  });
  const { labels } = trained.config.data;
  trained.dispose();

  const picture = join(folder, 'overlays.png');
  await writePng(picture, labelSheet(sheet, labels.classes));

  const rows = perClassTable(confusion, labels).map((row) => [
    row.name,
    {
      IoU: percent(row.iou),
      Dice: percent(row.dice),
      precision: percent(row.precision),
      recall: percent(row.recall),
    },
  ]);
  console.table(Object.fromEntries(rows));
  const network = meanIoU(confusion);
  const threshold = thresholdBaseline(samples, labels).meanIoU;
  console.log(`mean IoU        network ${percent(network)} %, threshold ${percent(threshold)} %`);
  console.log(`pixel accuracy  network ${percent(pixelAccuracy(confusion))} %`);
  console.log(`run             ${folder}`);
  console.log(`overlay sheet   ${picture} (image | truth | prediction)`);
  console.log(`time            ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return { network, threshold };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
