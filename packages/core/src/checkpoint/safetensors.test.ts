import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { CheckpointError } from '../errors.js';
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
  expect(Number(new DataView(encoded.buffer).getBigUint64(0, true)) % 8).toBe(0);
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

test('other dtypes are refused by name', () => {
  const text = Buffer.from(file).toString('latin1').replace('"F32"', '"F64"');
  expect(() => decodeSafetensors(Buffer.from(text, 'latin1'), 'x')).toThrow(
    /dtype F64, expected F32/,
  );
});
