import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { readImage, writePng } from '@segkit/data';
import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

const denoising = {
  ...tinyConfig,
  data: {
    labels: { classes: ['image'] },
    train: { name: 'synthetic-denoising', count: 4, size: 16, cells: [1, 2], seed: 1 },
    validation: { name: 'synthetic-denoising', count: 2, size: 16, cells: [1, 2], seed: 2 },
  },
  loss: 'l1',
  metrics: ['psnr', 'ssim'],
};

test('an image-to-image network is trained, scored, drawn and applied', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(denoising) });
  const runs = join(folder, 'runs');
  const trained = await segkit(
    ...['train', join(folder, 'c.json'), '--out', runs, '--name', 'd', '--quiet'],
  );
  expect(trained).toMatchObject({ code: 0, err: '' });
  expect(trained.out).toMatch(/loss .*\n {2}psnr .*\n {2}ssim /);
  expect(trained.out).toMatch(/segkit predict .* --out predictions\n$/);

  const run = join(runs, 'd');
  const sheet = join(folder, 'sheet.png');
  const evaluated = await segkit('evaluate', run, '--sheet', sheet);
  expect(evaluated.out).toMatch(
    /\(2 images\)\n {2}loss {2}0\.\d+\n {2}psnr .*\d\n {2}ssim .*\d\n$/,
  );
  // Two rows of image, target and output, each 16x16 enlarged to 192x192, with gaps of 4.
  expect(await readImage(sheet)).toMatchObject({ height: 4 + 2 * 196, width: 4 + 3 * 196 });
  const json: unknown = JSON.parse((await segkit('evaluate', run, '--json')).out);
  expect(json).toMatchObject({
    meanIoU: null,
    metrics: { psnr: expect.any(Number) as number, ssim: expect.any(Number) as number },
  });

  const noisy = { height: 13, width: 21, channels: 1, data: new Float32Array(13 * 21).fill(0.5) };
  await writePng(join(folder, 'noisy/a.png'), noisy);
  const out = join(folder, 'clean');
  const predict = ['predict', run, join(folder, 'noisy'), '--out', out];
  expect((await segkit(...predict)).code).toBe(0);
  expect(readdirSync(out)).toEqual(['a.png']);
  expect(await readImage(join(out, 'a.png'))).toMatchObject({ height: 13, width: 21 });
});

test('pairs of images in two folders train such a network', async () => {
  const data = { name: 'image-folder', root: '.', targets: 'targets' };
  const config = { ...denoising, data: { ...denoising.data, train: data, validation: data } };
  const folder = temporaryFolder({ 'c.json': JSON.stringify(config) });
  for (const name of ['a', 'b']) {
    const flat = (value: number) => ({
      height: 16,
      width: 16,
      channels: 3,
      data: new Float32Array(16 * 16 * 3).fill(value),
    });
    await writePng(join(folder, `images/${name}.png`), flat(0.25));
    await writePng(join(folder, `targets/${name}.png`), flat(0.75));
  }
  const trained = await segkit(
    ...['train', join(folder, 'c.json'), '--out', join(folder, 'runs'), '--quiet', '--json'],
  );
  expect(trained).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(trained.out)).toMatchObject({
    metrics: { psnr: expect.any(Number) as number, ssim: expect.any(Number) as number },
  });
});

test('an overlay of classes is refused before anything is written', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(denoising) });
  const runs = join(folder, 'runs');
  await segkit('train', join(folder, 'c.json'), '--out', runs, '--name', 'd', '--quiet');
  const noisy = { height: 8, width: 8, channels: 1, data: new Float32Array(64) };
  await writePng(join(folder, 'a.png'), noisy);
  const out = join(folder, 'out');
  const refused = await segkit(
    ...['predict', join(runs, 'd'), join(folder, 'a.png'), '--out', out, '--overlay'],
  );
  expect(refused.code).not.toBe(0);
  expect(refused.err).toMatch(/--overlay: the network makes images, not classes/);
  expect(existsSync(out)).toBe(false);
});

test('metrics of the other kind of task are refused before training', async () => {
  const { metrics: _, ...byDefault } = denoising;
  const wrong = { ...tinyConfig, metrics: ['psnr'] };
  const folder = temporaryFolder({
    'images.json': JSON.stringify(byDefault),
    'labels.json': JSON.stringify(wrong),
  });
  const train = (config: string) =>
    segkit('train', join(folder, config), '--out', join(folder, 'runs'), '--quiet');
  expect((await train('images.json')).err).toMatch(
    /metrics\.0: "segmentation" compares labels, but with the loss "l1" the network makes images; use metrics: \["psnr", "ssim"\]/,
  );
  expect((await train('labels.json')).err).toMatch(/metrics\.0: "psnr" compares images.*labels/);
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});
