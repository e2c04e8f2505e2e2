import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createApp } from '../../app.js';
import type { Logger } from '../../components/logger.js';
import type { Sample } from '../../components/sample.js';
import type { LoaderInput } from '../../config/loader-options.js';
import { DataError } from '../../errors.js';
import { tinyConfig, tinyPlugins } from '../../testing/tiny-plugins.test-support.js';
import type { Loader } from '../loader.js';
import { openLoader } from '../open-loader.js';
import { sampleRasters } from '../packed-sample.js';
import { otherPlugins, threadPlugins } from './thread-plugins.test-support.js';

let folder: string;
const open: Loader[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-threads-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((loader) => loader.close()));
  await rm(folder, { recursive: true, force: true });
});

interface Parts {
  readonly loader?: LoaderInput;
  readonly train?: Record<string, unknown>;
  readonly transforms?: readonly unknown[];
  readonly fold?: { readonly index: number; readonly of: number };
}

/** A loader as a run makes it. */
async function loaderOf({ loader = {}, train = {}, transforms = ['noise'], fold }: Parts = {}) {
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const logger: Logger = { info: say, warn: say };
  const plugins = [...tinyPlugins, ...threadPlugins, ...otherPlugins()];
  const { registry, parseConfig } = createApp({ plugins, logger });
  const config = parseConfig(
    tinyConfig({
      data: {
        labels: { classes: ['a', 'b'] },
        train: { name: 'numbered', ...train },
        ...(fold && { fold }),
      },
      transforms: { train: transforms },
      loss: 'weighing',
      train: { steps: 8, batchSize: 3 },
      loader: { cacheFolder: 'cache', ...loader },
    }),
  );
  const made = await openLoader(registry, config, { baseFolder: folder, logger });
  open.push(made);
  await made.open(8);
  return { loader: made, said };
}

/** The bits of every pixel of two epochs. */
async function bitsOf(loader: Loader): Promise<unknown[]> {
  const batches: (readonly Sample[])[] = [];
  for (let epoch = 1; epoch <= 2; epoch++) {
    for (let position = 0; position < loader.batchesPerEpoch; position++) {
      batches.push(await loader.batch(epoch, position));
    }
  }
  return batches.map((samples) =>
    samples.map((sample) => [
      ...Object.keys(sample).sort(),
      sample.id,
      ...sampleRasters.map((name) => {
        const data = sample[name]?.data;
        return (
          data && [
            data.constructor.name,
            Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
          ]
        );
      }),
    ]),
  );
}

test('batches are the same, bit for bit, whoever makes them and wherever they are kept', async () => {
  const { loader } = await loaderOf({ loader: { workers: 0, cache: false, prefetch: 0 } });
  const expected = await bitsOf(loader);
  for (const options of [
    { workers: 0 },
    { workers: 0, cache: 'disk' },
    { workers: 1 },
    { workers: 2, cache: false, prefetch: 5 },
    { workers: 2, cache: 'disk' },
    { workers: 4, prefetch: 1 },
  ] as const) {
    const other = await loaderOf({ loader: options });
    expect(other.said).toEqual([]);
    expect(other.loader.threads).toBe(options.workers);
    expect(await bitsOf(other.loader), JSON.stringify(options)).toEqual(expected);
    await other.loader.close();
  }
  // A data set that keeps its samples must not lose them to whom they are sent.
  const kept = await loaderOf({ loader: { workers: 1, cache: false }, train: { kept: true } });
  expect(await bitsOf(kept.loader)).toEqual(expected);
});

test('what threads made gives its memory back, what others made stays', async () => {
  const { loader } = await loaderOf({ loader: { workers: 1, prefetch: 0, cache: 'memory' } });
  const samples = await loader.batch(1, 0);
  loader.release(samples.slice(1));
  expect(samples.map(({ image }) => image.data.length > 0)).toEqual([true, false, false]);
  expect(samples.map(({ weights }) => weights!.data.length > 0)).toEqual([true, false, false]);
  // Once is enough, and twice does no harm.
  loader.release(samples);
  loader.release(samples);
  expect(samples[0]?.image.data).toHaveLength(0);
  // What is kept and what comes next are memory of their own.
  const fresh = await loaderOf({ loader: { workers: 0 } });
  expect(await loader.batch(2, 0)).toEqual(await fresh.loader.batch(2, 0));
  const own = await fresh.loader.batch(1, 0);
  fresh.loader.release(own);
  expect(own[0]?.image.data.length).toBeGreaterThan(0);
});

test('skipping replaces the same samples, whoever makes them', async () => {
  const train = { broken: [3, 4] };
  const alone = await loaderOf({ train, loader: { onError: 'skip', workers: 0 } });
  const shared = await loaderOf({ train, loader: { onError: 'skip', workers: 2 } });
  expect(await bitsOf(shared.loader)).toEqual(await bitsOf(alone.loader));
  expect(shared.loader.skippedSamples).toBe(2);
  expect([...shared.loader.takeWarnings()].sort()).toEqual([...alone.loader.takeWarnings()].sort());
});

/** Asks for batches until one fails. */
async function failureOf(loader: Loader): Promise<unknown> {
  try {
    await bitsOf(loader);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('an error keeps its class, its message, and where it was thrown', async () => {
  const { loader } = await loaderOf({ train: { broken: [3] }, loader: { workers: 1 } });
  const error = await failureOf(loader);
  expect(error).toBeInstanceOf(DataError);
  expect(String(error)).toBe('DataError: 3.jpg: cut off');
  const transforms = ['noise', { name: 'harmful', harm: 'throw' }];
  const bug = await failureOf((await loaderOf({ transforms, loader: { workers: 1 } })).loader);
  expect(String(bug)).toBe('Error: x is not a function');
  expect((bug as Error).stack).toContain('thread-plugins.test-support.ts');
});

test('a thread that dies is an error that names the sample', async () => {
  const transforms = ['noise', { name: 'harmful', harm: 'exit' }];
  const { loader } = await loaderOf({ transforms, loader: { workers: 2 } });
  const error = await failureOf(loader);
  expect(error).toBeInstanceOf(DataError);
  expect(String(error)).toMatch(
    /a thread died while it made .*"number 5".* \(it ended with code 3\); set loader\.workers to 0/,
  );
});

test.each([
  [
    ['homeless'],
    /threads do not know where to import the transform "homeless" from; define it with module/,
  ],
  [['liar'], /thread-plugins\.test-support\.ts does not export the transform "liar"; or set/],
])(
  'components %j cannot be made in threads, which the log says, and batches come',
  async (transforms, message) => {
    const { loader, said } = await loaderOf({ transforms, loader: { workers: 1 } });
    expect(loader.threads).toBe(0);
    expect(said).toEqual([expect.stringMatching(message)]);
    expect(await loader.batch(1, 0)).toHaveLength(3);
  },
);

test('the disk cache survives damage, and keeps to its room', async () => {
  const expected = await bitsOf((await loaderOf({ loader: { workers: 0 } })).loader);
  const disk = { workers: 1, cache: 'disk' } as const;
  await bitsOf((await loaderOf({ loader: disk })).loader);
  const [place = ''] = await readdir(join(folder, 'cache'));
  const files = await readdir(join(folder, 'cache', place));
  expect(files).toHaveLength(11);
  await writeFile(join(folder, 'cache', place, files[0]!), 'not a sample');
  await writeFile(join(folder, 'cache', place, files[1]!), '');
  expect(await bitsOf((await loaderOf({ loader: disk })).loader)).toEqual(expected);

  // Another data set: of 0.0015 MiB, 1572 bytes, half is left to it. A sample has 64 pixels, 64 labels, 256 bytes of
  // weights and a header of some 300: one fits.
  await loaderOf({ loader: { ...disk, cacheMegabytes: 0.0015 }, train: { count: 5 } });
  const folders = await readdir(join(folder, 'cache'));
  expect(folders).toHaveLength(1);
  const small = await loaderOf({
    loader: { ...disk, cacheMegabytes: 0.0015 },
    train: { count: 5 },
  });
  await small.loader.batch(1, 0);
  await small.loader.batch(1, 1);
  await small.loader.close();
  expect((await readdir(join(folder, 'cache', folders[0]!))).length).toBeLessThan(3);
});

test('four loaders leave no thread behind', async () => {
  const before = process.getActiveResourcesInfo().length;
  for (let round = 0; round < 4; round++) {
    const { loader } = await loaderOf({ loader: { workers: 2 } });
    await loader.batch(1, round % 4);
    await loader.close();
  }
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
});

test('threads deliver the samples of a fold', async () => {
  const fold = { index: 2, of: 3 };
  const alone = await loaderOf({ loader: { workers: 0 }, fold });
  const threaded = await loaderOf({ loader: { workers: 2 }, fold });
  expect(threaded.loader.threads).toBe(2);
  expect(await bitsOf(threaded.loader)).toEqual(await bitsOf(alone.loader));
  const whole = await loaderOf({ loader: { workers: 0 } });
  expect(alone.loader.batchesPerEpoch).toBeLessThan(whole.loader.batchesPerEpoch);
});
