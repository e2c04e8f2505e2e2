import { EngineError } from '@segkit/core';
import { expect, test } from 'vitest';

import { guardMemory } from './memory-guard.js';

test('an allocation that fails is an error that says what to do', () => {
  const module = { _malloc: (bytes: number) => (bytes > 1000 ? 0 : 16) };
  guardMemory(module);
  const once = module._malloc;
  guardMemory(module);
  expect(module._malloc).toBe(once);
  expect(module._malloc(1000)).toBe(16);
  expect(module._malloc(0)).toBe(16);
  expect(() => module._malloc(3 * 2 ** 20)).toThrow(EngineError);
  expect(() => module._malloc(3 * 2 ** 20)).toThrow(/a tensor of 3\.0 MiB.*smaller batch/);
});

test('an address above 2 GiB, which WebAssembly gives as a negative number, is no failure', () => {
  const module = { _malloc: (bytes: number) => -2 * bytes };
  guardMemory(module);
  expect(module._malloc(8)).toBe(-16);
});
