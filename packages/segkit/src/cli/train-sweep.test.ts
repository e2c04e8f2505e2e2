import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { spreadOf } from './spread.js';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

interface Report {
  readonly runs: readonly {
    readonly label: string;
    readonly folder: string;
    readonly scores: Readonly<Record<string, number>>;
  }[];
  readonly spread: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
}

function start(...more: readonly string[]) {
  const folder = temporaryFolder({ 'c.json': JSON.stringify({ ...tinyConfig, name: 'tiny' }) });
  const config = join(folder, 'c.json');
  return { folder, run: segkit('train', config, '--out', folder, '--quiet', ...more) };
}

test('--folds validates on each part of the training images once', async () => {
  const { folder, run } = start('--folds', '2', '--json');
  const { code, out, err } = await run;
  expect({ code, err }).toEqual({ code: 0, err: 'run 1 of 2: fold-1\nrun 2 of 2: fold-2\n' });
  const { runs, spread } = JSON.parse(out) as Report;
  expect(runs.map(({ folder: path }) => path)).toEqual([
    join(folder, 'tiny-fold-1'),
    join(folder, 'tiny-fold-2'),
  ]);
  const [a = 0, b = 0] = runs.map(({ scores }) => scores['loss'] ?? 0);
  expect(a).not.toBe(b);
  // Two values: their mean, and half their difference times the root of two.
  expect(spread['loss']?.mean).toBeCloseTo((a + b) / 2, 12);
  expect(spread['loss']?.deviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
  // A fold's run is evaluated on its own part.
  const evaluated = await segkit('evaluate', join(folder, 'tiny-fold-2'), '--json');
  expect(JSON.parse(evaluated.out)).toMatchObject({ images: 2 });
});

test('--fold is one of these runs', async () => {
  const { run } = start('--fold', '2/2', '--json');
  const { out } = await run;
  const { loss } = JSON.parse(out) as { readonly loss: number };
  const all = await start('--folds', '2', '--json').run;
  expect((JSON.parse(all.out) as Report).runs[1]?.scores['loss']).toBe(loss);
});

test('--seeds repeats the run and prints a table with mean and spread', async () => {
  const { folder, run } = start('--seeds', '3,5');
  const { code, out } = await run;
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'tiny-seed-3'))).toBe(true);
  expect(existsSync(join(folder, 'tiny-seed-5'))).toBe(true);
  expect(out).toMatch(/seed-3 .*\n.*seed-5 .*\n.*mean .*\n.*std\. deviation/);
  expect(out).toContain('meanIoU');
});

describe('refuses', () => {
  test.each([
    [['--folds', '1'], /Expected an integer above 1/],
    [['--fold', '3/2'], /Expected one of several parts, such as 1\/5/],
    [['--seeds', '1,1'], /Expected different integers/],
    [['--seed', '1', '--seeds', '1,2'], /give either --seed or --seeds/],
    [['--fold', '1/2', '--folds', '2'], /give either --fold or --folds/],
    [['--folds', '9'], /expected at most as many folds as data\.train has samples, 4/],
  ])('%j', async (more, message) => {
    const { code, err } = await start(...more).run;
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

test('the spread of one run is not defined, its mean is', () => {
  expect(spreadOf([{ loss: 2 }])).toEqual({ loss: { mean: 2, deviation: Number.NaN } });
  // 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14, 14 / 2 = 7
  expect(spreadOf([{ loss: 1 }, { loss: 2, extra: 1 }, { loss: 6 }])).toEqual({
    loss: { mean: 3, deviation: Math.sqrt(7) },
  });
});
