// A run starts from a file of weights, wherever it comes from; a trained run is opened without them.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lastValueFrom } from 'rxjs';
import {
  buildModel,
  collectWeights,
  createApp,
  defineConfig,
  defineWeights,
  firstParty,
  randomStream,
  writeTensors,
  type ConfigInput,
  type NamedArray,
  type NamedArrays,
  type WeightsOption,
} from 'segkit';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';

const folder = mkdtempSync(join(tmpdir(), 'segkit-pretrained-'));
const width = 2;
let stored: NamedArrays;

/** The app, and what it logs. */
function makeApp(...more: Parameters<typeof defineWeights>[0][]) {
  const messages: string[] = [];
  const log = (message: string) => void messages.push(message);
  const plugins = [...firstParty, ...more.map((definition) => defineWeights(definition))];
  return { messages, app: createApp({ plugins, logger: { info: log, warn: log } }) };
}

function config(weights: WeightsOption | null, backbone = {}): ConfigInput {
  const data = { name: 'synthetic-cells', count: 2, size: 32, cells: [1, 2], seed: 1 } as const;
  return defineConfig({
    engine: 'cpu',
    data: { labels: { classes: ['background', 'cell'] }, train: data },
    model: {
      backbone: { name: 'resnet18', width, taps: ['layer1', 'layer2'], weights, ...backbone },
      decoder: 'linknet',
      head: 'linknet',
    },
    loss: 'ce',
    optimizer: { name: 'sgd', learningRate: 1e-12 },
    train: { steps: 1, batchSize: 1 },
  });
}

/** Trains a step that changes no filter, and gives the weights of the run, opened again. */
async function train(
  { app }: ReturnType<typeof makeApp>,
  weights: WeightsOption | null,
  backbone = {},
): Promise<NamedArrays> {
  const place = mkdtempSync(join(folder, 'run-'));
  await lastValueFrom(
    app.fit(config(weights, backbone), { folder: join(place, 'run'), baseFolder: folder }),
  );
  const run = await app.openRun(join(place, 'run'));
  onTestFinished(() => {
    run.dispose();
  });
  return collectWeights(run.model);
}

// The file's stem sees three channels, those of the runs one.
const sumOfColours = ({ data }: NamedArray): number[] =>
  Array.from({ length: width * 49 }, (_, i) => {
    const first = Math.floor(i / 49) * 3 * 49 + (i % 49);
    return (data[first] ?? 0) + (data[first + 49] ?? 0) + (data[first + 98] ?? 0);
  });

function expectStored(trained: NamedArrays): void {
  const filter = 'layer2.1.conv2.weight';
  expect(trained.get(`backbone.${filter}`)).toEqual(stored.get(filter));
  const stem = trained.get('backbone.conv1.weight');
  expect(stem?.shape).toEqual([width, 1, 7, 7]);
  expect(stem?.data).toBeAllClose(sumOfColours(stored.get('conv1.weight')!));
}

beforeAll(async () => {
  const { app } = makeApp();
  await app.startEngine({ name: 'cpu' });
  const spec = app.parseConfig(config(null)).model;
  const model = buildModel(app.registry, spec, { inChannels: 3, outChannels: 2 });
  model.initialize(randomStream(99));
  stored = await collectWeights(model.backbone);
  model.dispose();
  const classifier = { shape: [2, 2], data: new Float32Array(4) };
  await writeTensors(
    join(folder, 'net.safetensors'),
    new Map([...stored, ['fc.weight', classifier]]),
  );
  vi.stubEnv('SEGKIT_CACHE', join(folder, 'cache'));
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a file beside the config', async () => {
  const made = makeApp();
  expectStored(await train(made, 'net.safetensors'));
  // The stem has 5 arrays, a block 10, and a strided one 5 more.
  expect(made.messages).toEqual([
    `weights ${join(folder, 'net.safetensors')}: 50 of 50 arrays matched\n` +
      "  adapted to the image's channels: conv1.weight\n" +
      '  not needed: fc.weight',
  ]);
});

test('an opened run needs the file no more', async () => {
  const path = join(folder, 'gone.safetensors');
  writeFileSync(path, readFileSync(join(folder, 'net.safetensors')));
  const { app } = makeApp();
  const place = join(folder, 'without-file');
  await lastValueFrom(app.fit(config('gone.safetensors'), { folder: place, baseFolder: folder }));
  rmSync(path);
  const run = await app.openRun(place);
  expect((await run.evaluate('train')).images).toBe(2);
  run.dispose();
});

test('what is wrong is an error before the run has a folder', async () => {
  const place = join(folder, 'never');
  const fails = async (weights: WeightsOption, message: RegExp, backbone = {}) => {
    const run = makeApp().app.fit(config(weights, backbone), { folder: place, baseFolder: folder });
    await expect(lastValueFrom(run)).rejects.toThrow(message);
    expect(existsSync(place)).toBe(false);
  };
  await fails('nowhere.pth', /nowhere\.pth: cannot be read/);
  await fails('net.safetensors', /holds .* % of the network's values/, { width: 3 });
  await fails('net.safetensors', /layer3\.0\.conv1\.weight: the file has no such name/, {
    taps: ['layer1', 'layer2', 'layer3'],
  });
  await fails('image-net', /unknown weights "resnet18-image-net"; .*first: resnet18-imagenet/);
  await fails('http://example.com/net-01234567.pth', /not encrypted/);
  await fails('https://', /is no address/);
  await fails({ from: 'net.safetensors', sha256: '00000000' }, /expected the SHA-256 00000000/);
});

test('part of a file, by choice', async () => {
  const made = makeApp();
  const weights = { from: 'net.safetensors', minimum: 0.2 };
  const trained = await train(made, weights, { taps: ['layer1', 'layer2', 'layer3'] });
  expectStored(trained);
  expect(made.messages[0]).toContain(
    'so kept at their first values: layer3.0.conv1.weight, layer3',
  );
});

test('an address is downloaded once, and a registered name leads to one', async () => {
  const content = readFileSync(join(folder, 'net.safetensors'));
  const sha256 = createHash('sha256').update(content).digest('hex');
  const paths: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    paths.push(url);
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}/models/net-${sha256}.safetensors`;
  expectStored(await train(makeApp(), url));
  expectStored(await train(makeApp(), url));
  expect(paths).toEqual([`/models/net-${sha256}.safetensors`]);

  const own = {
    name: 'resnet18-cells',
    description: 'A file of the test.',
    options: z.strictObject({}),
    create: () => ({ url: `${url}?registered`, sha256 }),
  };
  const made = makeApp(own);
  expectStored(await train(made, 'cells'));
  expectStored(await train(makeApp(own), 'resnet18-cells'));
  expect(paths).toHaveLength(2);
  expect(made.messages[0]).toMatch(
    /^downloading net-[0-9a-f]{64}\.safetensors from 127\.0\.0\.1 to /,
  );

  // A file in the cache that was damaged since is fetched again.
  const [cached = ''] = made.messages[0]?.split(' to ').slice(1) ?? [];
  writeFileSync(cached, 'damaged');
  expectStored(await train(makeApp(own), 'cells'));
  expect(paths).toHaveLength(3);
});

test('without a network: what to do instead', async () => {
  const url = 'https://127.0.0.1:1/net-00000000.pth';
  const run = makeApp().app.fit(config(url), { baseFolder: folder });
  await expect(lastValueFrom(run)).rejects.toThrow(/Without a network, get the file elsewhere/);
});
