import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { readRunWeights } from '@segkit/core';
import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

/** Trains the tiny network and returns the run's folder. */
async function trained(...more: readonly string[]): Promise<string> {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const config = join(folder, 'c.json');
  const { code, err } = await segkit('train', config, '--out', folder, '--quiet', ...more);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return join(folder, basename(folder));
}

test('a run goes on where it ended, to the weights of a run that is as long at once', async () => {
  const whole = await trained('--set', 'train.steps=4');
  const run = await trained();
  const resumed = await segkit('train', '--resume', run, '--set', 'train.steps=4', '--json');
  expect(resumed.code).toBe(0);
  expect(JSON.parse(resumed.out)).toMatchObject({ folder: run, steps: 4, reason: 'completed' });
  const { weights } = await readRunWeights(run, 'last');
  expect(weights).toEqual((await readRunWeights(whole, 'last')).weights);
});

test('a run that is over has nothing left to do', async () => {
  const run = await trained();
  const { code, out } = await segkit('train', '--resume', run, '--quiet', '--json');
  expect({ code, report: JSON.parse(out) as unknown }).toMatchObject({
    code: 0,
    report: { steps: 2, reason: 'completed' },
  });
});

test('stops when its time is over, and can be resumed', async () => {
  const run = await trained('--max-time', '4s', '--set', 'train.steps=100000');
  const log = await readFile(join(run, 'events.jsonl'), 'utf8');
  const last = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(last.find(({ type }) => type === 'run-end')).toMatchObject({ reason: 'time limit' });
  const found = last.findLast(({ type }) => type === 'checkpoint-saved');
  expect(found).toMatchObject({ name: 'last' });
});

test.each([
  [['c.json'], /the run has its own config/],
  [['--seed', '3'], /the run has its own --seed/],
  [['--set', 'model.backbone.width=3'], /the network has shape|has no|lacks/],
])('--resume with %j is refused', async (more, message) => {
  const run = await trained();
  const { code, err } = await segkit('train', '--resume', run, '--quiet', ...more);
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(message);
});

test('a folder that is no run is refused', async () => {
  const { code, err } = await segkit('train', '--resume', temporaryFolder({}));
  expect(code).toBe(1);
  expect(err).toMatch(/is no run of segkit/);
});
