import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit } from './tiny-config.test-support.js';

const cells = { name: 'synthetic-cells', count: 4, size: 32, cells: [1, 2], seed: 1 };
const small = [
  ...['--set', `data.train=${JSON.stringify(cells)}`],
  ...['--set', 'engine=cpu', '--set', 'model.backbone.width=2'],
];

/** A module that exports a preset of its own. */
const ownPreset = `
import { definePreset } from 'segkit';
export const tiny = definePreset({
  name: 'tiny-cells',
  description: 'A network of a few weights.',
  source: 'https://example.org',
  channels: 1,
  size: { height: 16, width: 16 },
  config: {
    data: { labels: { classes: ['background', 'cell'] } },
    model: { backbone: { name: 'cbr', width: 2, depth: 1 }, center: 'cbr', decoder: 'unet' },
    loss: 'ce',
    train: { epochs: 1 },
  },
});
`;

test('lists every preset with its parameters', async () => {
  const { code, out } = await segkit('presets');
  expect(code).toBe(0);
  expect(out).toMatch(/unet-2015 +│ +1 │ +2 │ +31,030,658 │/);
  const { out: json } = await segkit('presets', '--json');
  const listings = JSON.parse(json) as { name: string; parameters: number; source: string }[];
  expect(listings.length).toBeGreaterThanOrEqual(19);
  expect(listings.every(({ source }) => source.startsWith('https://'))).toBe(true);
  expect(listings.find(({ name }) => name === 'd-linknet34')?.parameters).toBe(31_096_129);
});

test('a preset is trained once its images are named, with any part changed', async () => {
  const out = join(temporaryFolder({}), 'runs');
  const train = (...more: readonly string[]) =>
    segkit('train', 'preset:unet-quarter', '--out', out, '--quiet', '--json', ...more);
  const trained = await train(
    ...small,
    ...['--set', 'train.steps=2', '--set', 'model.decoder.upsampler=bilinear'],
  );
  expect(trained.err).toBe('');
  expect(JSON.parse(trained.out)).toMatchObject({ steps: 2, folder: join(out, 'unet-quarter') });
  const evaluated = await segkit('evaluate', join(out, 'unet-quarter'), '--split', 'train');
  expect(evaluated.code).toBe(0);
});

test('weights go out of a run and into a preset of the same network', async () => {
  const folder = temporaryFolder({});
  const [run, file] = [join(folder, 'runs', 'first'), join(folder, 'w.safetensors')];
  await segkit(
    'train',
    'preset:unet-quarter',
    '--out',
    join(folder, 'runs'),
    '--name',
    'first',
    '--quiet',
    ...small,
    '--set',
    'train.steps=1',
  );
  expect((await segkit('export-weights', run, '--out', file)).code).toBe(0);
  const out = join(folder, 'again.safetensors');
  const narrow = ['--set', 'engine=cpu', '--set', 'model.backbone.width=2'];
  const imported = await segkit(
    'import',
    file,
    '--preset',
    'unet-quarter',
    '--out',
    out,
    '--json',
    ...narrow,
  );
  expect(imported.err).toBe('');
  expect(JSON.parse(imported.out)).toMatchObject({ share: 1, missing: [], leftOver: [] });
  expect((await segkit('import', file, '--out', out)).err).toMatch(
    /either --config .* or --preset/,
  );
  const asRun = await segkit(
    'import',
    file,
    '--preset',
    'unet-quarter',
    '--out',
    join(folder, 'r'),
    ...narrow,
  );
  expect(asRun.err).toMatch(/data\.train is missing/);
});

test('without images it says how to name them', async () => {
  const { code, err } = await segkit('train', 'preset:unet-bn');
  expect(code).toBe(2);
  expect(err).toMatch(/data\.train is missing.*\n.*--set data\.train\.name=image-folder/);
  expect(err).toContain('segkit presets show unet-bn > segkit.config.json');
});

test('what it shows is a config that trains', async () => {
  const shown = await segkit('presets', 'show', 'unet-quarter');
  const folder = temporaryFolder({ 'segkit.config.json': shown.out });
  const validation = `data.validation=${JSON.stringify({ ...cells, seed: 2 })}`;
  const trained = await segkit(
    ...['train', join(folder, 'segkit.config.json'), '--out', join(folder, 'runs'), '--quiet'],
    ...[...small, '--set', validation, '--set', 'train.steps=1'],
  );
  expect(trained.err).toBe('');
  expect(trained.code).toBe(0);
});

test('summary takes size and channels from the preset', async () => {
  const narrow = ['--set', 'engine=cpu', '--set', 'model.backbone.width=1'];
  const { out } = await segkit('summary', 'preset:unet-oct', '--json', ...narrow);
  expect(JSON.parse(out)).toMatchObject({
    inputShape: [1, 572, 572, 1],
    outputShape: [1, 484, 484, 2],
    receptiveField: { height: 108, width: 108 },
  });
});

test('a config starts from a preset, and a plugin brings one along', async () => {
  const config = {
    preset: 'tiny-cells',
    plugins: ['./own.ts'],
    data: { train: cells },
    train: { steps: 1 },
  };
  const folder = temporaryFolder({ 'c.json': JSON.stringify(config), 'own.ts': ownPreset });
  const place = ['--out', join(folder, 'runs'), '--quiet', '--json', '--set', 'engine=cpu'];
  const trained = await segkit('train', join(folder, 'c.json'), ...place);
  expect(trained.err).toBe('');
  expect(JSON.parse(trained.out)).toMatchObject({ steps: 1 });
  const plugin = ['--plugin', join(folder, 'own.ts')];
  const listed = await segkit('presets', ...plugin, '--json');
  expect(JSON.parse(listed.out)).toContainEqual(
    expect.objectContaining({ name: 'tiny-cells', classes: 2 }),
  );
  const shown = await segkit('presets', 'show', 'tiny-cells', ...plugin);
  expect(JSON.parse(shown.out)).toMatchObject({ name: 'tiny-cells', train: { epochs: 1 } });
});

test('an unknown preset is told with its neighbours', async () => {
  for (const argv of [
    ['summary', 'preset:unet-bm'],
    ['presets', 'show', 'unet-bm'],
  ]) {
    const { code, err } = await segkit(...argv);
    expect(code).toBe(2);
    expect(err).toMatch(/unknown preset "unet-bm"; registered, nearest first: unet-bn,/);
  }
});
