import { join } from 'node:path';

import { kinds } from '@segkit/core';
import { expect, test } from 'vitest';

import { firstParty } from '../first-party.js';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

// Weights of the tiny network by hand (bias-free 3x3 convolutions with 2 batch-norm weights per channel):
// level 1: 9*1*2 + 9*2*2 + 2*2*2 = 62; centre: 9*2*4 + 9*4*4 + 2*2*4 = 232; transposed 2x2 with bias: 4*4*2 + 2 = 34;
// decoder: 9*4*2 + 9*2*2 + 2*2*2 = 116; head with bias: 2*2 + 2 = 6.
const parameters = 62 + 232 + 34 + 116 + 6;
// At 8x12 = 96 pixels, 24 at half size: (18 + 36)*96 + (72 + 144)*24 + 8*96 + (72 + 36)*96 + 4*96; every output pixel
// of the transposed convolution is one product of 4 channels with 2.
const macs = (18 + 36) * 96 + (72 + 144) * 24 + 8 * 96 + (72 + 36) * 96 + 4 * 96;

test('summary --json', async () => {
  const file = join(temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) }), 'c.json');
  const { code, out, err } = await segkit('summary', file, '--size', '8x12', '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const summary = JSON.parse(out) as { layers: readonly unknown[] };
  expect(summary).toMatchObject({
    inputShape: [1, 8, 12, 1],
    outputShape: [1, 8, 12, 2],
    parameters,
    macs,
  });
  expect(summary.layers[0]).toMatchObject({ type: 'Conv2d', outputShape: [1, 8, 12, 2] });
});

test('summary shows a table; options change the network', async () => {
  const file = join(temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) }), 'c.json');
  const { out } = await segkit('summary', file, '--size', '8x12');
  expect(out).toMatch(/│ head\.conv +│ Conv2d +│ 1x8x12x2 │ +6 │ +384 │/);
  expect(out).toContain(`parameters       ${String(parameters)}\n`);
  expect(out).toContain('receptive field  18x18 pixels');
  const colour = await segkit('summary', file, '--size', '8x12', '--channels', '3', '--json');
  expect(JSON.parse(colour.out)).toMatchObject({ parameters: parameters + 9 * 2 * 2 });
  const wide = await segkit(
    ...['summary', file, '--size', '8x12', '--json'],
    ...['--set', 'data.labels.classes=["a","b","c"]', '--set', 'data.train=image-folder'],
    ...['--set', 'data.train.root=.', '--set', 'data.train.channels=1'],
    ...['--set', 'data.validation=null'],
  );
  expect(JSON.parse(wide.out)).toMatchObject({ parameters: parameters + 3 });
});

test('summary of a size that the network cannot take: exit code 1 and the sizes that it can', async () => {
  const file = join(temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) }), 'c.json');
  const { code, err } = await segkit(
    ...['summary', file, '--size', '2x2', '--set', 'model.backbone.padding=valid'],
  );
  expect(code).toBe(1);
  expect(err).toMatch(/^error: images of 2x2 do not fit the network/);
});

test('plugins lists every component by kind', async () => {
  const { code, out } = await segkit('plugins');
  expect(code).toBe(0);
  for (const kind of kinds) expect(out).toMatch(new RegExp(`^${kind}$`, 'm'));
  expect(out).toMatch(/^ {2}unet: /m);
  expect(out).toMatch(/^ {6}upsampler: upsampler = "transposed"/m);
});

test('plugins --json gives options, defaults and nested kinds, plugins of the user included', async () => {
  const folder = temporaryFolder({
    'mine.js': `export const mine = { kind: 'loss', name: 'mine', description: 'Mine.', schema: () => {
      throw new Error('no schema');
    }, create: () => ({}) };`,
  });
  const { out } = await segkit('plugins', '--json');
  const components = firstParty.filter(({ kind }) => kind !== 'preset');
  const listed = JSON.parse(out) as readonly { kind: string; name: string }[];
  expect(listed.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
    components.map(({ kind, name }) => `${kind} ${name}`).sort(),
  );
  expect(listed.find(({ kind, name }) => kind === 'decoder' && name === 'unet')).toMatchObject({
    options: {
      upsampler: { component: 'upsampler', default: 'transposed' },
      norm: { type: 'boolean', default: true },
    },
    required: [],
  });
  expect(listed.find(({ name }) => name === 'image-folder')).toMatchObject({ required: ['root'] });
  const broken = await segkit('plugins', '--plugin', join(folder, 'mine.js'));
  expect(broken).toMatchObject({ code: 1, err: 'error: no schema\n' });
});
