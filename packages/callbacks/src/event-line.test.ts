import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TrainingEvent } from '@segkit/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { eventLineSchema } from './event-line.js';
import { jsonlLog } from './jsonl-log.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { step, wholeRun, validation } from './make-events.test-support.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-event-line-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('what jsonl-log writes is read back, NaN and infinities too', async () => {
  const events: readonly TrainingEvent[] = [
    ...wholeRun(2, folder),
    step(3, { loss: Number.NaN }),
    validation(3, { psnr: Infinity, ssim: Number.NaN }, -Infinity),
    { type: 'measurement', step: 3, values: { 'system/memory-mb': 12.5 } },
    { type: 'paused', step: 3 },
    { type: 'resumed', step: 3, seconds: 1.5 },
  ];
  const callback = makeCallback(jsonlLog);
  await send(callback, fakeRun(folder), events);
  await callback.close?.();
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  const read = lines.map((line) => eventLineSchema.parse(JSON.parse(line)));
  const time = expect.any(String) as string;
  expect(read).toEqual(events.map((event) => ({ time, ...event })));
  expect(new Date(read[0]?.time ?? '').getTime()).toBeGreaterThan(1.6e12);
});

test.each([
  { type: 'step', step: 1 },
  { type: 'stepp', time: '2024-02-29T12:00:00.000Z' },
  { type: 'paused', step: 1, time: '2024-02-29T12:00:00.000Z', extra: 1 },
  { type: 'paused', step: -1, time: '2024-02-29T12:00:00.000Z' },
  { type: 'paused', step: 1, time: 'yesterday' },
])('refuses %j', (line) => {
  expect(eventLineSchema.safeParse(line).success).toBe(false);
});
