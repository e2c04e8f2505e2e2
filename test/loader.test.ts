// First-party data sets and transforms in the threads of the loader.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createApp,
  firstParty,
  silentLogger,
  writePng,
  type ConfigInput,
  type TrainingEvent,
} from 'segkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const side = 32;
let folder: string;

/** An image of noise and a mask of touching objects of 8 pixels. */
async function writePair(index: number): Promise<void> {
  const raster = { height: side, width: side };
  const noise = Uint8Array.from({ length: 3 * side * side }, (_, i) => (i * (2 * index + 7)) % 251);
  const ids = Uint8Array.from({ length: side * side }, (_, i) =>
    (i + index) % 9 === 0 ? 0 : 1 + Math.floor((i % side) / 8),
  );
  const name = `${String(index)}.png`;
  await writePng(join(folder, 'images', name), { ...raster, channels: 3, data: noise });
  await writePng(join(folder, 'masks', name), { ...raster, channels: 1, data: ids });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-loader-'));
  for (const name of ['images', 'masks']) await mkdir(join(folder, name));
  for (let index = 0; index < 6; index++) await writePair(index);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Recipe {
  readonly transforms: readonly TransformSpec[];
  readonly loss: ConfigInput['loss'];
}

type TransformSpec = NonNullable<NonNullable<ConfigInput['transforms']>['train']>[number];

const crop = { name: 'random-crop', size: 16 } as const;
const perImage = { name: 'normalize', mode: 'per-image' } as const;

/** Weight maps are made of whole images, which are converted before anything moves. */
const ofWholes: Recipe = {
  transforms: ['elastic', crop, 'flip', 'rotate90', perImage],
  loss: 'weighted-border-ce',
};

/** Bytes are moved before they are converted, where they are not kept. */
const ofCrops: Recipe = { transforms: [crop, 'flip', 'rotate90', 'elastic', perImage], loss: 'ce' };

async function train(
  loader: object,
  { transforms, loss } = ofWholes,
): Promise<readonly TrainingEvent[]> {
  const app = createApp({ plugins: firstParty, logger: silentLogger });
  const events: TrainingEvent[] = [];
  await app
    .fit(
      {
        engine: 'cpu',
        data: {
          labels: { classes: ['background', 'cell'] },
          train: { name: 'image-folder', root: '.', maskFormat: 'instances' },
        },
        transforms: { train: transforms },
        model: { backbone: { name: 'cbr', widths: [2, 4] }, center: 'identity', decoder: 'unet' },
        loss,
        train: { epochs: 2, batchSize: 2 },
        callbacks: [],
        loader,
      },
      { baseFolder: folder },
    )
    .forEach((event) => {
      events.push(event);
    });
  return events;
}

const lossesOf = (events: readonly TrainingEvent[]): number[] =>
  events.filter((event) => event.type === 'step').map(({ loss }) => loss);

test('a run has the same losses whoever makes its batches', async () => {
  const alone = await train({ workers: 0 });
  const shared = await train({ workers: 2 });
  const kept = await train({ workers: 1, cache: 'disk', cacheFolder: 'cache' });
  const again = await train({ workers: 1, cache: 'disk', cacheFolder: 'cache' });
  expect([alone, shared, kept].map(([start]) => start)).toEqual(
    [0, 2, 1].map((loaderThreads) => expect.objectContaining({ loaderThreads }) as unknown),
  );
  expect(lossesOf(alone)).toHaveLength(6);
  for (const events of [shared, kept, again]) expect(lossesOf(events)).toEqual(lossesOf(alone));
});

test('pixels are moved before or after they are converted with the same losses', async () => {
  // What is kept is converted whole in the first epoch and moved as bytes in the second.
  const kept = lossesOf(await train({ workers: 0 }, ofCrops));
  expect(kept).toHaveLength(6);
  for (const loader of [
    { workers: 0, cache: false },
    { workers: 2, cache: false },
    { workers: 1, cacheMegabytes: 0.01 },
    { workers: 1, cache: 'disk', cacheFolder: 'crops' },
  ]) {
    expect(lossesOf(await train(loader, ofCrops))).toEqual(kept);
  }
});

test('a file that is cut off ends the run before its first step, or is skipped with a warning', async () => {
  await writePair(9);
  await writeFile(join(folder, 'images', '9.png'), new Uint8Array([137, 80, 78, 71]));
  await expect(train({ workers: 1 })).rejects.toThrow(/data\.train: .*images\/9\.png: expected/);
  const events = await train({ workers: 1, onError: 'skip' });
  expect(events.filter((event) => event.type === 'warning')).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/^loader: skipped "9".*images\/9\.png: expected/) as unknown,
    }),
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'run-end', skippedSamples: 1, reason: 'completed' });
  expect(lossesOf(await train({ workers: 0, onError: 'skip' }))).toEqual(lossesOf(events));
});
