import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { csvLog } from './csv-log.js';
import { jsonlLog, jsonlLogCallback } from './jsonl-log.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { tensorboard } from './tensorboard/tensorboard.js';
import { runEnd, runStart, step, validation, wholeRun } from './make-events.test-support.js';

let folder: string;
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-logs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('jsonl-log', () => {
  it('writes every event with its time, one line each', async () => {
    const callback = jsonlLogCallback({ file: 'events.jsonl' }, () => Date.UTC(2024, 1, 29, 12));
    const events = [
      runStart({ folder: null }),
      step(1),
      validation(1, { meanIoU: 0.5 }),
      runEnd(1),
    ];
    await send(callback, fakeRun(folder), events);
    await callback.close?.();
    const lines = read('events.jsonl').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      events.map((event) => ({ time: '2024-02-29T12:00:00.000Z', ...event })),
    );
  });

  it('writes NaN as null and infinities as texts', async () => {
    const callback = makeCallback(jsonlLog);
    const metrics = { 'iou/a': Number.NaN, psnr: Infinity, low: -Infinity };
    await send(callback, fakeRun(folder), [validation(1, metrics)]);
    await callback.close?.();
    expect(read('events.jsonl')).toContain(
      '"metrics":{"iou/a":null,"psnr":"Infinity","low":"-Infinity"}',
    );
  });

  it('goes on in the file of a resumed run, past a line that a crash cut short', async () => {
    writeFileSync(join(folder, 'events.jsonl'), '{"type":"step"}\n{"type":"st');
    const callback = makeCallback(jsonlLog);
    await send(callback, fakeRun(folder), [step(2)]);
    await callback.close?.();
    const lines = read('events.jsonl').split('\n');
    expect(lines.slice(0, 2)).toEqual(['{"type":"step"}', '{"type":"st']);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ type: 'step', step: 2 });
    expect(lines[3]).toBe('');
  });

  it('is on disk after each event, not only at the end', async () => {
    const callback = makeCallback(jsonlLog);
    await send(callback, fakeRun(folder), [step(1), step(2)]);
    expect(read('events.jsonl').split('\n')).toHaveLength(3);
    await callback.close?.();
  });
});

describe('csv-log', () => {
  it('writes one table of steps and one of validations', async () => {
    const callback = makeCallback(csvLog);
    const events = [
      step(1, { loss: 0.7, learningRate: 1e-7 }),
      validation(1, { meanIoU: 0.25, 'iou/a, b': Number.NaN, psnr: Infinity }),
      step(2, { loss: 0.5 }),
      validation(2, { meanIoU: 0.5, psnr: 20 }),
    ];
    await send(callback, fakeRun(folder), events);
    await callback.close?.();
    expect(read('steps.csv')).toBe(
      'step,epoch,loss,learningRate,seconds,dataSeconds,imagesPerSecond\n' +
        '1,1,0.7,1e-7,0.5,0.01,4\n' +
        '2,1,0.5,0.001,0.5,0.01,4\n',
    );
    expect(read('validations.csv')).toBe(
      'step,epoch,loss,seconds,meanIoU,"iou/a, b",psnr\n' +
        '1,1,0.5,3,0.25,NaN,Infinity\n' +
        '2,1,0.5,3,0.5,,20\n',
    );
  });

  it('goes on in the files of a resumed run with one header', async () => {
    for (const part of [wholeRun(2, folder), [step(3), validation(3)]]) {
      const callback = makeCallback(csvLog);
      await send(callback, fakeRun(folder), part);
      await callback.close?.();
    }
    const firstCells = (name: string): unknown =>
      read(name)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')[0]);
    expect(firstCells('steps.csv')).toEqual(['step', '1', '2', '3']);
    expect(firstCells('validations.csv')).toEqual(['step', '2', '3']);
  });

  it('writes only every so manyth step', async () => {
    const callback = makeCallback(csvLog, { every: 3 });
    await send(
      callback,
      fakeRun(folder),
      [1, 2, 3, 4, 5, 6].map((count) => step(count)),
    );
    await callback.close?.();
    expect(read('steps.csv').trimEnd().split('\n')).toHaveLength(3);
  });

  it('complains about a metric that appears later, and keeps the row', async () => {
    const callback = makeCallback(csvLog);
    await send(callback, fakeRun(folder), [validation(1, { meanIoU: 0.5 })]);
    const later = send(callback, fakeRun(folder), [validation(2, { meanIoU: 0.75, extra: 1 })]);
    await expect(later).rejects.toThrow(/"extra" is no column/);
    await callback.close?.();
    expect(read('validations.csv')).toContain('2,1,0.5,3,0.75\n');
  });

  it('refuses a file with other columns and leaves it alone', async () => {
    writeFileSync(join(folder, 'validations.csv'), 'step,dice\n1,0.5\n');
    const callback = makeCallback(csvLog);
    const handling = send(callback, fakeRun(folder), [validation(2)]);
    await expect(handling).rejects.toThrow(/has the columns step,dice/);
    await callback.close?.();
    expect(read('validations.csv')).toBe('step,dice\n1,0.5\n');
  });

  it('begins a table anew whose header a crash cut short, and ends a row that one did', async () => {
    writeFileSync(join(folder, 'steps.csv'), 'step,epoch,lo');
    writeFileSync(
      join(folder, 'validations.csv'),
      'step,epoch,loss,seconds,meanIoU,iou/cell\n1,1,0.',
    );
    const callback = makeCallback(csvLog);
    await send(callback, fakeRun(folder), [step(1), validation(2)]);
    await callback.close?.();
    expect(read('steps.csv')).toMatch(/^step,epoch,loss,.*\n1,1,/);
    expect(read('validations.csv')).toMatch(/^step,.*\n1,1,0\.\n2,1,.*\n$/);
  });
});

describe('a disk that takes half a line', () => {
  /** A descriptor whose disk is full after so many bytes more. */
  function full(after: number): { readonly restore: () => void } {
    let left = after;
    const { writeSync } = fs;
    const limited = (descriptor: number, data: Uint8Array, ...[from, length, at]: number[]) => {
      const fits = Math.min(left, length ?? 0);
      if (fits === 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      left -= fits;
      return writeSync(descriptor, data, from, fits, at);
    };
    fs.writeSync = limited as never;
    syncBuiltinESMExports();
    return {
      restore: () => {
        fs.writeSync = writeSync;
        syncBuiltinESMExports();
      },
    };
  }

  it.each([
    [jsonlLog, 'events.jsonl'],
    [csvLog, 'steps.csv'],
  ])('loses it whole, and goes on with the next', async (plugin, file) => {
    const callback = makeCallback(plugin);
    const run = fakeRun(folder);
    await send(callback, run, [step(1)]);
    const before = read(file);
    const disk = full(7);
    await expect(send(callback, run, [step(2)])).rejects.toThrow('ENOSPC');
    expect(read(file)).toBe(before);
    disk.restore();
    await send(callback, run, [step(3)]);
    await callback.close?.();
    expect(read(file).split('\n')).toHaveLength(before.split('\n').length + 1);
  });

  it('leaves no file of which nothing was written', async () => {
    const callback = makeCallback(tensorboard);
    const disk = full(0);
    for (const count of [1, 2, 3]) {
      await expect(send(callback, fakeRun(folder), [step(count)])).rejects.toThrow('ENOSPC');
    }
    disk.restore();
    expect(readdirSync(folder)).toEqual([]);
    await send(callback, fakeRun(folder), [step(4)]);
    await callback.close?.();
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
