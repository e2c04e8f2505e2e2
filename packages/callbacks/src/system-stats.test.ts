import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { fakeRun, send } from './make-callback.test-support.js';
import { runStart, step } from './make-events.test-support.js';
import { systemStatsCallback } from './system-stats.js';

test('reports after the first step that comes `every` seconds after the last report', async () => {
  let time = 5000;
  const callback = systemStatsCallback({ every: 10 }, () => time);
  const run = fakeRun(null);
  await send(callback, run, [runStart()]);
  const counts: number[] = [];
  for (let count = 1; count <= 9; count++) {
    time += 4000;
    await send(callback, run, [step(count)]);
    counts.push(run.reports.length);
  }
  await callback.close?.();
  // After 12, 24 and 36 seconds.
  expect(counts).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3]);
});

test('measures processor, memory, garbage and tensors', async () => {
  const callback = systemStatsCallback({ every: 0 });
  const run = fakeRun(null);
  await send(callback, run, [runStart()]);
  const until = performance.now() + 60;
  let kept = Buffer.alloc(0);
  while (performance.now() < until) kept = randomBytes(2 ** 12);
  expect(kept.length).toBe(2 ** 12);
  await send(callback, run, [step(1)]);
  await callback.close?.();
  const values = run.reports[0] ?? {};
  expect(Object.keys(values)).toEqual([
    'system/cpu-cores',
    'system/gc-share',
    'system/memory-mb',
    'system/heap-mb',
    'system/external-mb',
    'engine/tensors',
    'engine/tensor-mb',
  ]);
  for (const value of Object.values(values)) expect(value).toBeGreaterThanOrEqual(0);
  // Node itself takes 30 MB; a busy loop keeps some of a core busy even on a crowded machine.
  expect(values['system/memory-mb']).toBeGreaterThan(30);
  expect(values['system/memory-mb']).toBeGreaterThan(values['system/heap-mb'] ?? Infinity);
  expect(values['system/cpu-cores']).toBeGreaterThan(0.05);
});
