// Does the U-Net paper's weight map separate touching nuclei? The same network, seeds and steps with plain cross entropy,
// with its class and border weights, and with the class weights alone.
//
//   npx tsx examples/nuclei/main.ts [--steps N] [--seeds N]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { createApp, defineConfig, firstParty, type Spec } from 'segkit';

import { trainAndOpen } from '../comparing/train-and-open.ts';
import { findNuclei, type Nuclei } from './nuclei.ts';
import { separatedObjects } from './separated-objects.ts';

const runs = fileURLToPath(new URL('../../runs', import.meta.url));

const losses = {
  ce: 'ce',
  'weighted-border-ce': 'weighted-border-ce',
  'class weights alone': { name: 'weighted-border-ce', w0: 0 },
} as const satisfies Readonly<Record<string, Spec<'loss'>>>;

/** By the columns of the table. */
const columns = {
  'object F1': 'objectF1',
  'object recall': 'objectRecall',
  AJI: 'aji',
  'DSB score': 'dsbScore',
  'mean IoU': 'meanIoU',
} as const;

const configOf = (
  { train, validation, mean, std }: Nuclei,
  loss: Spec<'loss'>,
  seed: number,
  steps: number,
) => {
  const normalize = { name: 'normalize', mean, std } as const;
  return defineConfig({
    seed,
    data: {
      labels: { classes: ['background', { name: 'nucleus', color: [181, 137, 0] }] },
      // Trained on nuclei that are drawn apart; tested on the nuclei as they are.
      train: { name: 'separated-objects', of: train },
      validation,
    },
    transforms: {
      train: [{ name: 'random-crop', size: 256 }, 'flip', 'rotate90', normalize],
      validation: [normalize],
    },
    model: {
      backbone: { name: 'cbr', width: 16 },
      center: 'cbr',
      decoder: { name: 'unet', upsampler: 'transposed', merge: 'concat' },
    },
    loss,
    optimizer: { name: 'adam', learningRate: 1e-3 },
    train: { steps, batchSize: 1, validateEvery: steps },
    metrics: ['segmentation', 'objects'],
    callbacks: ['progress', 'checkpoint'],
  });
};

type Scores = Readonly<Record<string, number>>;

/** Trains with every loss for `steps`, once per seed, and prints the scores: mean and standard deviation over seeds. */
export async function run({ steps = 300, seeds = 2, out = runs, nuclei = findNuclei() } = {}) {
  const app = createApp({ plugins: [...firstParty, separatedObjects] });
  const scores: Record<string, Scores[]> = {};
  for (let seed = 0; seed < seeds; seed++) {
    for (const [name, loss] of Object.entries(losses)) {
      const folder = join(out, 'nuclei', `${name.replaceAll(' ', '-')}-${String(seed)}`);
      const trained = await trainAndOpen(app, configOf(nuclei, loss, seed, steps), folder);
      const { metrics } = await trained.evaluate('validation');
      trained.dispose();
      (scores[name] ??= []).push(metrics);
      const shown = Object.entries(columns).map(
        ([title, key]) => `${title} ${percent(metrics[key])}`,
      );
      console.log(`${name}, seed ${String(seed)}: ${shown.join(', ')}`);
    }
  }
  console.log(`${nuclei.source}, ${String(steps)} steps, ${String(seeds)} seeds, in %`);
  console.table(tableOf(scores));
  return scores;
}

function tableOf(scores: Readonly<Record<string, readonly Scores[]>>) {
  const rows = Object.entries(scores).map(([name, ofSeeds]) => {
    const cells = Object.entries(columns).map(([title, key]) => {
      const values = ofSeeds.map((one) => one[key] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
      return [title, `${percent(mean)} +- ${percent(deviation)}`] as const;
    });
    return [name, Object.fromEntries(cells)] as const;
  });
  return Object.fromEntries(rows);
}

function percent(score = Number.NaN): string {
  return (100 * score).toFixed(1);
}

/** What the command line asks for. */
function givenOptions(): { readonly steps?: number; readonly seeds?: number } {
  const { values } = parseArgs({
    options: { steps: { type: 'string' }, seeds: { type: 'string' } },
  });
  const given = Object.entries(values).map(([name, text]) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return [name, value] as const;
    throw new Error(`--${name}: expected a positive integer, received "${text}".`);
  });
  return Object.fromEntries(given);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(givenOptions());
