import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { CheckpointError } from '../errors.js';
import { decodeWeights, readWeights } from './read-weights.js';
import { storedZip } from './stored-zip.test-support.js';

// Files written by PyTorch and by the reference library: oracles/weight_files.py.
const folder = new URL('../../../../oracles/fixtures/weights/', import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, folder));
const bytes = (name: string): Buffer => readFileSync(path(name));

interface Expected {
  readonly shape: readonly number[];
  readonly data: readonly (number | 'inf' | '-inf')[];
}
const expected = JSON.parse(readFileSync(path('expected.json'), 'utf8')) as Record<
  string,
  Record<string, Expected>
>;
const number = (value: number | 'inf' | '-inf'): number =>
  value === 'inf' ? Infinity : value === '-inf' ? -Infinity : value;

describe.each(Object.entries(expected))('%s', (name, tensors) => {
  test('holds what PyTorch sees in it, from disk and from memory', async () => {
    for (const read of [await readWeights(path(name)), await decodeWeights(bytes(name), name)]) {
      expect([...read.keys()].sort()).toEqual(Object.keys(tensors).sort());
      for (const [key, { shape, data }] of Object.entries(tensors)) {
        expect(read.get(key)?.shape, key).toEqual(shape);
        expect([...(read.get(key)?.data ?? [])], key).toEqual(data.map(number));
      }
    }
  });
});

test('every truncation is an error', async () => {
  for (const name of ['state-dict.pth', 'state-dict-legacy.pth', 'dtypes.safetensors']) {
    const file = bytes(name);
    for (let length = 0; length < file.length; length += 1 + (length % 7)) {
      await expect(decodeWeights(file.subarray(0, length), name)).rejects.toThrow(CheckpointError);
    }
  }
});

test('a pickle that would run a command is refused by the name of the command', async () => {
  const refusal =
    /byte \d+ of the pickle: it refers to "posix\.system".*nothing of it was executed/;
  for (const name of ['malicious.pth', 'malicious-legacy.pth', 'malicious.pkl']) {
    await expect(readWeights(path(name))).rejects.toThrow(CheckpointError);
    await expect(readWeights(path(name))).rejects.toThrow(refusal);
  }
  // The classic: "cos\nsystem\n(S'…'\ntR."
  const classic = storedZip({ 'a/data.pkl': Buffer.from("cos\nsystem\n(S'id'\ntR.") });
  await expect(decodeWeights(classic, 'classic.pth')).rejects.toThrow(
    /classic\.pth: a\/data\.pkl: byte 0 of the pickle: it refers to "os\.system"/,
  );
});

test('a whole module is refused with the way to save its state dict', async () => {
  await expect(readWeights(path('whole-module.pth'))).rejects.toThrow(
    /"__main__\.Net".*torch\.save\(model\.state_dict\(\), file\)/,
  );
});

test('other files are told by what they are', async () => {
  const cases: readonly (readonly [string | Buffer, RegExp])[] = [
    ['', /expected safetensors or a checkpoint of torch\.save, received 0 bytes/],
    ['<!DOCTYPE html>', /a web page that was saved in place of the file/],
    ['version https://git-lfs.github.com/spec/v1\n', /a pointer of Git LFS/],
    [Buffer.from('894844460d0a1a0a', 'hex'), /an HDF5 file/],
    [bytes('plain.pkl'), /is a plain pickle, expected a checkpoint of torch\.save/],
    [storedZip({ 'readme.txt': Buffer.from('hello') }), /one data\.pkl.*received 0/],
    [
      storedZip({ 'm/data.pkl': Buffer.from('N.'), 'm/constants.pkl': Buffer.from('N.') }),
      /is a TorchScript program/,
    ],
    [
      storedZip({ 'm/data.pkl': Buffer.from('N.'), 'm/byteorder': Buffer.from('big') }),
      /"big"-endian/,
    ],
    [storedZip({ 'm/data.pkl': Buffer.from('N.') }), /expected a dictionary of tensors by name/],
  ];
  for (const [content, message] of cases) {
    await expect(decodeWeights(Buffer.from(content), 'file')).rejects.toThrow(CheckpointError);
    await expect(decodeWeights(Buffer.from(content), 'file')).rejects.toThrow(message);
  }
  await expect(readWeights(path('no-such-file.pth'))).rejects.toThrow(/cannot be read/);
  await expect(readWeights(path('.'))).rejects.toThrow(/it is no regular file/);
});

test('an entry whose bytes changed is found by its checksum', async () => {
  const file = bytes('state-dict.pth');
  const damaged = Buffer.from(file);
  const data = file.indexOf(float(expected['state-dict.pth']?.['conv1.weight']?.data[5]));
  damaged[data] = (damaged[data] ?? 0) ^ 1;
  await expect(decodeWeights(damaged, 'x.pth')).rejects.toThrow(
    /data\/0 does not match its checksum/,
  );
});

function float(value: number | string | undefined): Buffer {
  return Buffer.from(Float32Array.of(Number(value)).buffer);
}
