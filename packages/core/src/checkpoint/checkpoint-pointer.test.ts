import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { CheckpointError } from '../errors.js';
import { readPointer, writePointer } from './checkpoint-pointer.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-pointer-'));
  path = join(folder, 'best.json');
});
afterAll(() => rm(folder, { recursive: true }));

test('a name tells its checkpoint, and people by which score', async () => {
  await writePointer(path, 'step-120', { metric: 'meanIoU', value: 0.75 });
  expect(await readPointer(path)).toBe('step-120');
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    pointer: { checkpoint: 'step-120', metric: 'meanIoU', value: 0.75 },
  });
});

test('no flipped bit makes it tell another', async () => {
  await writePointer(path, 'step-120', {});
  const whole = await readFile(path);
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    await writeFile(path, bytes);
    await expect(readPointer(path), `bit ${String(bit)}`).rejects.toThrow(CheckpointError);
  }
});

test('names of runs from before there were checksums are read', async () => {
  await writeFile(path, '{\n  "checkpoint": "step-7",\n  "value": 0.5\n}\n');
  expect(await readPointer(path)).toBe('step-7');
});
