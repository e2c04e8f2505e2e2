// The same U-Net as an image-to-image network, without its skips (an autoencoder) and with them: which one keeps the
// details?
//
//   npx tsx examples/denoising/main.ts --steps 200
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import {
  createApp,
  firstParty,
  imageGrid,
  peakSignalToNoiseRatio,
  structuralSimilarity,
  toRgb,
  writePng,
  type Raster,
  type Sample,
  type Spec,
} from 'segkit';

import { stepsOption } from '../comparing/steps-option.ts';
import { trainAndOpen } from '../comparing/train-and-open.ts';
import { configOf, denoisingSteps } from './config.ts';

const runs = fileURLToPath(new URL('../../runs', import.meta.url));

/** Images on the sheet. */
const sheetRows = 4;

/** What a network, or nothing at all, makes of the validation images. */
interface Result {
  readonly psnr: number;
  readonly ssim: number;
  readonly parameters: number;
  readonly images: readonly Raster<Float32Array>[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The scores of the images as they are, without any network. */
function scoreNoisy(samples: readonly Sample[]): Result {
  const scores = (score: typeof peakSignalToNoiseRatio): number =>
    mean(samples.map(({ image, target = image }) => score(image, target, 1)));
  return {
    psnr: scores(peakSignalToNoiseRatio),
    ssim: scores(structuralSimilarity),
    parameters: 0,
    images: samples.map(({ image }) => image),
  };
}

/** Trains both networks for `steps`, prints the scores and draws noisy | without | with | clean. */
export async function run({ steps = denoisingSteps, out = runs } = {}) {
  const app = createApp({ plugins: firstParty });
  const folder = join(out, 'denoising');

  const train = async (merge: Spec<'merge'>, name: string) => {
    const trained = await trainAndOpen(app, configOf(merge, steps), join(folder, name));
    const samples: Sample[] = [];
    const images: Raster<Float32Array>[] = [];
    const { metrics } = await trained.evaluate('validation', {
      onImage: (sample, _, output) => {
        samples.push(sample);
        images.push(output);
      },
    });
    const { psnr = Number.NaN, ssim = Number.NaN } = metrics;
    const result: Result = { psnr, ssim, parameters: trained.model.parameterCount, images };
    trained.dispose();
    return { samples, result };
  };

  const { samples, result: withoutSkips } = await train('none', 'without-skips');
  const { result: withSkips } = await train('concat', 'with-skips');
  const noisy = scoreNoisy(samples);

  const rows = { 'noisy input': noisy, 'without skips': withoutSkips, 'with skips': withSkips };
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, { psnr, ssim, parameters }]) => [
        name,
        { 'PSNR (dB)': Number(psnr.toFixed(2)), SSIM: Number(ssim.toFixed(3)), parameters },
      ]),
    ),
  );
  const columns = [noisy, withoutSkips, withSkips].map(({ images }) => images);
  const clean = samples.map(({ image, target = image }) => target);
  const tiles = samples
    .slice(0, sheetRows)
    .map((_, row) =>
      [...columns, clean].flatMap((images) => images.slice(row, row + 1)).map(toRgb),
    );
  const picture = join(folder, 'sheet.png');
  await writePng(picture, imageGrid(tiles));
  console.log(`sheet  ${picture} (noisy | without skips | with skips | clean)`);
  return { noisy, withoutSkips, withSkips };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(stepsOption());
