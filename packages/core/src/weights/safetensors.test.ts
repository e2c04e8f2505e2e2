import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { CheckpointError } from '../errors.js';
import { decodeWeights } from './read-weights.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

interface Fixture {
  readonly base64: string;
  readonly tensors: Record<string, { shape: number[]; data: number[] }>;
}

// Written by the reference library: oracles/safetensors_files.py.
const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/safetensors.json', import.meta.url), 'utf8'),
) as Fixture;
// A Buffer, as readFile gives it: a view into a larger pool.
const file = Buffer.from(fixture.base64, 'base64');

test('reads what the reference library wrote', () => {
  const { tensors, metadata } = decodeSafetensors(file, 'reference');
  expect(metadata).toEqual({ source: 'reference' });
  expect([...tensors.keys()].sort()).toEqual(Object.keys(fixture.tensors).sort());
  for (const [name, { shape, data }] of Object.entries(fixture.tensors)) {
    expect(tensors.get(name)?.shape).toEqual(shape);
    expect(tensors.get(name)?.data).toEqual(Float32Array.from(data));
  }
});

test('reads its own files back, and starts the data at a multiple of 8 bytes', () => {
  const { tensors } = decodeSafetensors(file, 'reference');
  const encoded = encodeSafetensors({ tensors, metadata: { a: 'ü' } });
  expect(decodeSafetensors(encoded, 'own')).toEqual({ tensors, metadata: { a: 'ü' } });
  expect(Number(new DataView(encoded.buffer, encoded.byteOffset).getBigUint64(0, true)) % 8).toBe(
    0,
  );
});

test('every truncation is an error', () => {
  for (let length = 0; length < file.length; length++) {
    expect(() => decodeSafetensors(file.subarray(0, length), 'cut.safetensors')).toThrow(
      CheckpointError,
    );
  }
  expect(() => decodeSafetensors(file.subarray(0, file.length - 1), 'cut.safetensors')).toThrow(
    /cut.safetensors: tensor ".*" needs bytes .*; it is truncated or damaged/,
  );
});

/** A file with a header written by hand, and `length` bytes of data. */
function withHeader(header: string, length: number): Buffer {
  const text = Buffer.from(header);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([start, text, Buffer.alloc(length)]);
}

const entry = (begin: number, end: number, shape = `[${String((end - begin) / 4)}]`): string =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${String(begin)},${String(end)}]}`;

const names = (count: number): string =>
  Array.from({ length: count }, (_, i) => `"${String(i)}":0`).join();

test.each([
  ['overlap', `{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12, /"b" starts at byte \d+, expected/],
  ['a gap', `{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12, /"b" starts at byte \d+, expected/],
  ['bytes at the end', `{"a":${entry(0, 4)}}`, 8, /the tensors end at byte .*, the file has/],
  ['a length beyond the file', `{"a":${entry(0, 4000)}}`, 4, /"a" needs bytes .* truncated/],
  ['a shape beyond 2^53', `{"a":${entry(0, 4, '[134217728, 134217728]')}}`, 4, /needs bytes/],
  ['a length beyond 2^53', `{"a":${entry(0, 4, '[9007199254740993]')}}`, 4, /damaged header entry/],
  ['offsets that run backwards', `{"a":${entry(8, 4, '[-1]')}}`, 8, /damaged header entry/],
  ['too many axes', `{"a":${entry(0, 4, JSON.stringify(Array(40).fill(1)))}}`, 4, /needs bytes/],
  ['a name twice', `{"a":${entry(0, 4)},"\\u0061":${entry(4, 8)}}`, 8, /names "a" twice/],
  ['a field twice', `{"a":{"dtype":"F32",${entry(0, 4).slice(1)}}`, 4, /names "dtype" twice/],
  ['deep nesting', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 0, /nested too deeply/],
  ['names without end', `{${names(120_001)}}`, 0, /names too many tensors/],
  ['no object', '[]', 0, /the header is no object/],
  ['no JSON', '{"a":', 0, /the header is not JSON/],
  ['metadata that is no text', '{"__metadata__":{"a":1}}', 0, /"__metadata__" to hold texts/],
  ['metadata that is no object', '{"__metadata__":[]}', 0, /"__metadata__" to hold texts/],
  ['a dtype of 8 bits', `{"a":${entry(0, 4).replace('F32', 'F8_E4M3')}}`, 4, /has dtype F8_E4M3/],
])('%s is an error', async (_, header, length, message) => {
  const hostile = withHeader(header, length);
  expect(() => decodeSafetensors(hostile, 'x')).toThrow(CheckpointError);
  expect(() => decodeSafetensors(hostile, 'x')).toThrow(message);
  await expect(decodeWeights(hostile, 'x.safetensors')).rejects.toThrow(message);
});

test('a header longer than any real one is refused before it is parsed', () => {
  const hostile = withHeader(`{"a":${' '.repeat(17 * 1024 * 1024)}1}`, 0);
  expect(() => decodeSafetensors(hostile, 'x')).toThrow(/a header of at most/);
});

test('names that mean something to JavaScript are names like any other', () => {
  const data = { shape: [1], data: Float32Array.of(7) };
  const names = ['__proto__', 'constructor', 'toString', ''];
  const tensors = new Map(names.map((name) => [name, data]));
  const metadata = Object.fromEntries([['__proto__', 'text']]);
  const read = decodeSafetensors(encodeSafetensors({ tensors, metadata }), 'own');
  expect(read.tensors).toEqual(tensors);
  expect(Object.entries(read.metadata)).toEqual([['__proto__', 'text']]);
  const reserved = new Map([['__metadata__', data]]);
  expect(() => encodeSafetensors({ tensors: reserved, metadata: {} })).toThrow(CheckpointError);
});

test('a tensor without elements, and a file without tensors', () => {
  const empty = `{"a":${entry(0, 0, '[0, 3]')},"b":${entry(0, 4)}}`;
  const { tensors } = decodeSafetensors(withHeader(empty, 4), 'x');
  expect(tensors.get('a')).toEqual({ shape: [0, 3], data: new Float32Array() });
  expect(decodeSafetensors(withHeader('{}', 0), 'x').tensors.size).toBe(0);
});
