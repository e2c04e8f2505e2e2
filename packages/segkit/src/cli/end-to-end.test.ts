import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { maskValues, readMask, writePng } from '@segkit/data';
import { expect, test, vi } from 'vitest';

import { fakeTerminal } from './fake-terminal.test-support.js';
import { run } from './run.js';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

test('train, evaluate, predict', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const out = join(folder, 'runs');
  const train = (...more: readonly string[]) =>
    segkit('train', join(folder, 'c.json'), '--out', out, '--quiet', ...more);

  const trained = await train();
  expect(trained.err).toBe('');
  expect(trained.code).toBe(0);
  const runFolder = join(out, basename(folder));
  expect(trained.out).toMatch(/^Validation at step 2:\n {2}loss .*\n {2}meanIoU /);
  expect(trained.out).toContain(`  segkit evaluate ${runFolder}\n`);

  const again = await train('--set', 'train.steps=1', '--seed', '7', '--json');
  expect(JSON.parse(again.out)).toMatchObject({
    folder: `${runFolder}-2`,
    steps: 1,
    reason: 'completed',
    metrics: { meanIoU: expect.any(Number) as number },
  });
  const stored: unknown = JSON.parse(await readFile(`${runFolder}-2/config.json`, 'utf8'));
  expect(stored).toMatchObject({ seed: 7, train: { steps: 1 }, name: basename(folder) });

  const sheet = join(folder, 'sheet.png');
  const evaluated = await segkit('evaluate', runFolder, '--sheet', sheet);
  expect(evaluated.code).toBe(0);
  expect(evaluated.out).toMatch(
    /class +│ pixels │ +IoU │ +95 % interval │ +Dice │ precision │ recall/,
  );
  expect(existsSync(sheet)).toBe(true);
  const { out: json } = await segkit('evaluate', runFolder, '--json', '--checkpoint', 'last');
  const report: unknown = JSON.parse(json);
  expect(report).toMatchObject({
    checkpoint: 'last',
    split: 'validation',
    images: 2,
    meanIoU: expect.any(Number) as number,
    pixelAccuracy: expect.any(Number) as number,
    classes: [{ name: 'background' }, { name: 'cell', pixels: expect.any(Number) as number }],
  });
  expect((await segkit('evaluate', runFolder, '--split', 'test')).code).toBe(2);
  expect((await segkit('evaluate', runFolder, '--checkpoint', 'first')).code).toBe(1);

  // Another size than in training, in colour: the network takes it all the same.
  const image = {
    height: 27,
    width: 35,
    channels: 3,
    data: new Float32Array(27 * 35 * 3).fill(0.5),
  };
  await writePng(join(folder, 'images/a.png'), image);
  await writePng(join(folder, 'images/b.png'), image);
  const predictions = join(folder, 'predictions');
  const predict = ['predict', runFolder, join(folder, 'images'), '--out', predictions, '--overlay'];
  await writeFile(join(folder, 'images/b.png'), 'no image');
  const failed = await segkit(...predict);
  expect(failed.code).toBe(1);
  expect(failed.err).toMatch(/^error: .*b\.png/);
  expect(existsSync(predictions)).toBe(false);

  await writePng(join(folder, 'images/b.png'), image);
  const predicted = await segkit(...predict);
  expect(predicted).toMatchObject({ code: 0, out: '' });
  expect(predicted.err).toContain(`2/2 ${join(predictions, 'b.png')}\n`);
  expect(readdirSync(predictions)).toEqual(['a-overlay.png', 'a.png', 'b-overlay.png', 'b.png']);
  const mask = await readMask(join(predictions, 'a.png'));
  expect(mask).toMatchObject({ height: 27, width: 35 });
  expect([...maskValues(join(predictions, 'a.png'), mask).data].every((label) => label < 2)).toBe(
    true,
  );

  await rm(join(folder, 'images'), { recursive: true });
  expect((await segkit(...predict)).code).toBe(1);
});

test('Ctrl-C ends the run after the current step and keeps it; a second one quits', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const runFolder = join(folder, 'runs/stopped');
  const terminal = fakeTerminal();
  const argv = ['train', join(folder, 'c.json'), '--out', join(folder, 'runs'), '--quiet'];
  const ending = run([...argv, '--name', 'stopped', '--set', 'train.steps=100000'], terminal);
  await vi.waitUntil(() => existsSync(join(runFolder, 'events.jsonl')), { timeout: 20_000 });
  terminal.interrupt();
  expect(terminal.err()).toMatch(/Stopping after this step; press Ctrl-C again/);
  terminal.interrupt();
  expect(terminal.exits).toEqual([130]);
  expect(await ending).toBe(130);
  expect(terminal.err()).toContain(`segkit evaluate ${runFolder}`);
  expect((await segkit('evaluate', runFolder, '--json')).code).toBe(0);
});
