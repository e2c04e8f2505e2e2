import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { expectWholeLibraries } from './whole-libraries.js';

const installed = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
const linux = join(installed, 'bin', 'napi-v6', 'linux', 'x64');
let folder: string;
let library: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-libraries-'));
  library = join(folder, 'onnxruntime_binding.node');
  copyFileSync(join(linux, 'onnxruntime_binding.node'), library);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('what onnxruntime-node ships is whole, on every platform', () => {
  const bin = join(installed, 'bin', 'napi-v6');
  const folders = readdirSync(bin, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath }) => parentPath);
  expect(new Set(folders).size).toBeGreaterThan(0);
  for (const each of new Set(folders)) {
    expect(() => {
      expectWholeLibraries(each);
    }).not.toThrow();
  }
});

// 64 bytes hold the header alone, 100 part of the table of segments; all of these lengths killed the process when loaded.
test.each([64, 100, 1000, 200_000])('a library of %i bytes is told from a whole one', (length) => {
  truncateSync(library, length);
  expect(() => {
    expectWholeLibraries(folder);
  }).toThrow(/onnxruntime_binding\.node is cut short: \d+ of \d+ bytes/);
});

test('every byte that the loader maps is needed, and none after it', () => {
  truncateSync(library, 1000);
  const needed = Number(/of (\d+) bytes/.exec(String(errorOf(folder)))?.[1]);
  copyFileSync(join(linux, 'onnxruntime_binding.node'), library);
  truncateSync(library, needed);
  expect(errorOf(folder)).toBeNull();
  truncateSync(library, needed - 1);
  expect(String(errorOf(folder))).toContain(`${needed - 1} of ${needed} bytes`);
});

test('what the loader refuses by itself is left to it: no file, an empty one, another format', () => {
  truncateSync(library, 0);
  writeFileSync(join(folder, 'notes.txt'), 'x'.repeat(200));
  expect(errorOf(folder)).toBeNull();
  expect(errorOf(join(folder, 'absent'))).toBeNull();
});

function errorOf(path: string): unknown {
  try {
    expectWholeLibraries(path);
    return null;
  } catch (error) {
    return error;
  }
}
