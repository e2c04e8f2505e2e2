// The receptive fields that `segkit summary` prints are those of the derivatives; oracles/receptive_fields.py.
import { readFileSync } from 'node:fs';

import { createApp, firstParty, silentLogger, type ModelInput } from 'segkit';
import { expect, test } from 'vitest';

const fields = JSON.parse(
  readFileSync(new URL('../oracles/fixtures/receptive-fields.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, number>>;
const app = createApp({ plugins: firstParty, logger: silentLogger });

const resnet: ModelInput['backbone'] = { name: 'resnet18', width: 4, taps: ['layer4'] };
const valid = { padding: 'valid' } as const;
const cropped = { name: 'concat', align: 'crop' } as const;

const enlarged: ModelInput = { backbone: resnet, decoder: 'unet' };

const networks: Readonly<Record<string, { model: ModelInput; size: number }>> = {
  'U-Net, 4 levels, transposed': {
    model: { backbone: { name: 'cbr', width: 1 }, center: 'cbr', decoder: 'unet' },
    size: 64,
  },
  'U-Net, 4 levels, valid': {
    model: {
      backbone: { name: 'cbr', width: 1, ...valid },
      center: { name: 'cbr', ...valid },
      decoder: { name: 'unet', merge: cropped, ...valid },
    },
    size: 572,
  },
  'U-Net, 2 levels, bilinear': {
    model: {
      backbone: { name: 'cbr', width: 2, depth: 2 },
      center: 'cbr',
      decoder: { name: 'unet', upsampler: 'bilinear' },
    },
    size: 64,
  },
  'ResNet-18, enlarged': { model: enlarged, size: 64 },
  'ResNet-18, dilated center, enlarged': { model: { ...enlarged, center: 'dilated' }, size: 64 },
};

test.each(Object.entries(networks))('%s', async (name, { model, size }) => {
  const config = {
    engine: { name: 'ort', threads: 2 },
    data: { labels: { classes: ['a', 'b'] }, train: 'synthetic-cells' },
    model,
    loss: 'ce',
    train: { steps: 1 },
  } as const;
  const summary = await app.summarize(config, { height: size, width: size, channels: 1 });
  expect(summary.receptiveField).toEqual({ height: fields[name], width: fields[name] });
});
