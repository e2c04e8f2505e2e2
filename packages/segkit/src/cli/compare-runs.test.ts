import { appendFile, cp, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

async function twoRuns(): Promise<{ folder: string; names: readonly string[] }> {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const train = (...more: readonly string[]) =>
    segkit('train', join(folder, 'c.json'), '--out', folder, '--quiet', ...more);
  await train();
  await train('--set', 'train.steps=1', '--seed', '5');
  return { folder, names: [basename(folder), `${basename(folder)}-2`] };
}

test('runs are listed, the newest first, with their last scores', async () => {
  const { folder, names } = await twoRuns();
  const { code, out } = await segkit('runs', folder, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([
    { name: names[1], step: 1, ended: 'completed', seed: 5 },
    { name: names[0], step: 2, ended: 'completed', seed: 0 },
  ]);
  const listed = await segkit('runs', folder);
  expect(listed.out).toMatch(/run .*begun .*engine .*steps .*score .*ended/);
  expect(listed.out).toContain('meanIoU 0.');

  // Of a run that goes on, or was killed, the end of before does not count; half a line is no event.
  const start = { type: 'epoch-start', time: new Date().toISOString(), epoch: 2, step: 1 };
  const log = join(folder, names[1] ?? '', 'events.jsonl');
  const resumed = JSON.parse(out) as { engine: string }[];
  await appendFile(
    log,
    `${JSON.stringify({
      ...{ ...start, type: 'run-start', epoch: undefined, folder: null, seed: 5 },
      ...{ engine: resumed[0]?.engine, totalSteps: 1, stepsPerEpoch: 1, batchSize: 1 },
      ...{ parameters: 1, loaderThreads: 0, trainSamples: 1, validationSamples: 1 },
    })}\n{"type":"st`,
  );
  const again = await segkit('runs', folder, '--json');
  expect(JSON.parse(again.out)).toMatchObject([{ ended: null, step: 1 }, { ended: 'completed' }]);
});

test('a damaged run, or one that is being made, does not hide the others', async () => {
  const { folder, names } = await twoRuns();
  await writeFile(join(folder, names[1] ?? '', 'run.json'), '{ "createdAt"');
  await cp(join(folder, names[0] ?? ''), join(folder, `${names[0] ?? ''}-3.123.new`), {
    recursive: true,
  });
  const { code, out, err } = await segkit('runs', folder, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([{ name: names[0] }]);
  expect(JSON.parse(out)).toHaveLength(1);
  expect(err).toMatch(/^warning: .*-2: is no run of segkit, because run\.json cannot be read/);
});

test('two runs are compared by config and scores', async () => {
  const { folder, names } = await twoRuns();
  const [a, b] = names.map((name) => join(folder, name)) as [string, string];
  const { code, out } = await segkit('diff', a, b, '--json');
  expect(code).toBe(0);
  const { config, scores } = JSON.parse(out) as {
    config: { path: string }[];
    scores: { name: string; a: number; b: number }[];
  };
  expect(config).toEqual([
    { path: 'seed', a: 0, b: 5 },
    { path: 'train.steps', a: 2, b: 1 },
  ]);
  expect(scores.find(({ name }) => name === 'meanIoU')).toMatchObject({
    a: expect.any(Number) as number,
    b: expect.any(Number) as number,
  });
  expect((await segkit('diff', a, a)).out).toMatch(/^The configs are equal\./);
  expect((await segkit('diff', a, folder)).err).toMatch(/is no run of segkit/);
});

test('a folder without runs says so; one that is missing is an error', async () => {
  const folder = temporaryFolder({});
  expect((await segkit('runs', folder)).out).toBe(`${folder}: holds no runs.\n`);
  expect((await segkit('runs', join(folder, 'absent'))).code).toBe(1);
});
