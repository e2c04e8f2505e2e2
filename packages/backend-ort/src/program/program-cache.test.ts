import { expect, it } from 'vitest';

import { ProgramCache } from './program-cache.js';
import type { Program } from './program.js';
import type { Trace } from './trace.js';

/** A cache whose programs do nothing but count that they were disposed. */
function fixture(capacity: number) {
  const cache = new ProgramCache();
  const disposed: number[] = [];
  const trace = (key: number, hash = key): Trace => {
    return { key: Int32Array.of(key), hash } as unknown as Trace;
  };
  const add = (key: number, hash = key): void => {
    const program = { key: Int32Array.of(key), dispose: () => disposed.push(key) };
    cache.add(trace(key, hash), program as unknown as Program, capacity);
  };
  const has = (key: number, hash = key): boolean => cache.find(trace(key, hash))?.key[0] === key;
  return { cache, disposed, add, has };
}

it('finds the program of an equal trace', () => {
  const { cache, add, has } = fixture(4);
  add(1);
  expect([has(1), has(2), cache.size]).toEqual([true, false, 1]);
});

it('tells traces of one hash apart', () => {
  const { cache, add, has } = fixture(4);
  add(1, 7);
  add(2, 7);
  expect([has(1, 7), has(2, 7), has(3, 7), cache.size]).toEqual([true, true, false, 2]);
});

it('unloads what was not used for longest', () => {
  const { cache, add, has, disposed } = fixture(2);
  add(1);
  add(2);
  expect(has(1)).toBe(true);
  add(3);
  expect(disposed).toEqual([2]);
  expect([has(1), has(2), has(3), cache.size]).toEqual([true, false, true, 2]);
});

it('keeps the newest, even where there is room for none besides', () => {
  const { cache, add, has, disposed } = fixture(1);
  for (const key of [1, 2, 3]) add(key);
  expect(disposed).toEqual([1, 2]);
  expect([has(3), cache.size]).toEqual([true, 1]);
});

it('unloads everything when it is cleared', () => {
  const { cache, add, has, disposed } = fixture(4);
  add(1, 7);
  add(2, 7);
  add(3);
  cache.clear();
  expect(disposed.toSorted()).toEqual([1, 2, 3]);
  expect([has(1, 7), has(3), cache.size]).toEqual([false, false, 0]);
});
