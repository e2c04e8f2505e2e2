import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DataError } from '@segkit/core';
import { expect, onTestFinished, test } from 'vitest';

import { entryPath } from './entry-path.js';
import { unpackArchive, type UnpackOptions } from './unpack-archive.js';

/** `oracles/fixtures/archives`, made by `oracles/archives.py`. */
const archives = fileURLToPath(new URL('../../../../oracles/fixtures/archives/', import.meta.url));
const limits = { bytes: 40 * 2 ** 20, entries: 100 };

/** Unpacks into a folder inside another one, which must stay otherwise empty. */
async function unpack(name: string, options: Partial<UnpackOptions> = {}) {
  const outer = mkdtempSync(join(tmpdir(), 'segkit-unpack-'));
  onTestFinished(() => {
    rmSync(outer, { recursive: true, force: true });
  });
  const folder = mkdtempSync(join(outer, 'in-'));
  const result = await unpackArchive(join(archives, name), folder, { limits, ...options }).catch(
    (error: unknown) => error,
  );
  expect(readdirSync(outer)).toHaveLength(1);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  expect(files.every((file) => file.isFile() || file.isDirectory())).toBe(true);
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(folder.length + 1))
    .sort();
  return { folder, result, paths };
}

const long = `folder/${'l'.repeat(120)}.txt`;

test.each(['sound.tar.gz', 'sound-gnu.tar.gz'])('%s: long names and all letters', async (name) => {
  const { folder, result, paths } = await unpack(name);
  expect(result).toEqual({ files: 5, bytes: 5 + 70_000 + 4 + 5 });
  expect(paths).toEqual(
    ['other/c.txt', 'top/a.txt', 'top/b/ü .txt', 'top/empty', `top/${long}`].sort(),
  );
  expect(readFileSync(join(folder, 'top/a.txt'), 'utf8')).toBe('hello');
  expect(readFileSync(join(folder, 'top/b/ü .txt'), 'utf8')).toBe('u'.repeat(70_000));
});

test('a part of an archive', async () => {
  const { paths, result } = await unpack('sound.tar.gz', { take: 'top' });
  expect(result).toEqual({ files: 4, bytes: 70_009 });
  expect(paths).toEqual(['a.txt', 'b/ü .txt', 'empty', long].sort());
  const stripped = await unpack('sound.zip', { strip: 'top' });
  expect(stripped.paths).toEqual(['a.txt', 'other/c.txt']);
  expect((await unpack('sound.zip', { strip: 'none' })).paths).toHaveLength(2);
  const zip = await unpack('sound.zip', { take: 'other' });
  expect(zip.result).toEqual({ files: 1, bytes: 9000 });
  expect(zip.paths).toEqual(['c.txt']);
  expect((await unpack('sound.zip')).paths).toEqual(['other/c.txt', 'top/a.txt']);
  const none = await unpack('sound.tar.gz', { take: 'to' });
  expect(String(none.result)).toMatch(/expected files below to, found none/);
});

test.each([
  ['up.tar', /expected paths below the folder.*"top\/\.\.\/\.\.\/evil\.txt"/],
  ['absolute.tar', /expected paths below the folder.*"\/tmp\/evil\.txt"/],
  ['drive.tar', /expected paths below the folder.*evil\.txt/],
  ['symbolic-link.tar', /found link of type SymbolicLink/],
  ['hard-link.tar', /found link of type Link/],
  ['device.tar', /found device of type CharacterDevice/],
  ['pipe.tar', /found pipe of type FIFO/],
  ['twice.tar', /found a\.txt twice/],
  ['many.tar.gz', /at most 100 entries/],
  ['bomb.tar.gz', /at most 200 bytes for each of its own/],
  ['zeros.tar.gz', /at most 200 bytes for each of its own/],
  ['cut.tar', /Truncated input/],
  ['cut.tar.gz', /unexpected end of file/],
  ['no-end.tar', /ends without the mark of an end/],
  ['checksum.tar', /checksum failure/],
  ['page.html', /cannot be unpacked/],
  ['up.zip', /invalid relative path/],
  ['symbolic-link.zip', /found link of type SymbolicLink/],
  ['twice.zip', /found a\.txt twice/],
  ['bomb.zip', /at most 200 bytes for each of its own/],
  ['cut.zip', /End of central directory record/],
  ['changed.zip', /[Cc][Rr][Cc]/],
])('%s is refused', async (name, message) => {
  const { result } = await unpack(name);
  expect(result).toBeInstanceOf(DataError);
  expect(String(result)).toMatch(message);
});

test('bytes are counted whatever the ratio', async () => {
  for (const name of ['bomb.tar.gz', 'bomb.zip']) {
    const { result } = await unpack(name, { limits: { bytes: 2 ** 20, entries: 10, ratio: 5000 } });
    expect(String(result)).toMatch(/at most 1048576 bytes when unpacked/);
  }
});

test.each([
  '',
  '/',
  '..',
  'a/../b',
  'a/..',
  '/a',
  'a\\b',
  'c:a',
  'a/nul.txt',
  'a./b',
  'a\0b',
  'a//',
])('no path: %j', (name) => {
  const path = (): string => entryPath(name, 'x.tar');
  // A slash at the end is a folder's.
  if (name === 'a//') expect(path()).toBe('a');
  else expect(path).toThrow(/^x\.tar: expected paths below/);
});

test('paths', () => {
  expect(entryPath('./a/./b.c/', 'x')).toBe('a/b.c');
  expect(entryPath('a..b/...c', 'x')).toBe('a..b/...c');
});
