import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { removeUnfinishedFolders, unfinishedFolder } from './leftovers.js';

let runs: string;

beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'segkit-leftovers-'));
});
afterEach(() => {
  rmSync(runs, { recursive: true });
});

/** A folder that a process locked. */
function makeFolder(name: string, pid: number): void {
  mkdirSync(join(runs, name));
  writeFileSync(join(runs, name, 'run.lock'), JSON.stringify({ pid, host: hostname() }));
}

// Above the largest that any Linux gives out (2^22).
const gone = 2 ** 22 + 1;

test.each([
  ['unet', ['unet.7.new', 'unet-2.7.new'], ['unet.large.7.new', 'unet-b.7.new', 'unet-2']],
  // A name may end with a number itself.
  ['unet-5', ['unet-5.7.new', 'unet-5-2.7.new'], ['unet.7.new', 'unet-51.7.new', 'unet-5']],
])('what was left of a start of %s goes, and nothing else', async (name, left, others) => {
  for (const folder of [...left, ...others]) makeFolder(folder, gone);
  await removeUnfinishedFolders(join(runs, name));
  expect(left.filter((folder) => existsSync(join(runs, folder)))).toEqual([]);
  expect(others.filter((folder) => existsSync(join(runs, folder)))).toEqual(others);
});

test('a start that is under way stays', async () => {
  const folder = unfinishedFolder(join(runs, 'unet-5'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'run.lock'), JSON.stringify({ pid: process.pid, host: hostname() }));
  await removeUnfinishedFolders(join(runs, 'unet-5'));
  expect(existsSync(folder)).toBe(true);
});
