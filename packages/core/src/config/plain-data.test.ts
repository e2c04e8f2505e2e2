import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { expectPlainData } from './plain-data.js';

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const cyclic: { self?: unknown } = {};
cyclic.self = { inside: [cyclic] };

/** Thirty objects that hold the next one twice: a billion values. */
function bomb(): unknown {
  let value: unknown = [];
  for (let level = 0; level < 30; level++) value = [value, value];
  return value;
}

test.each([
  ['numbers, texts and null', { a: 1, b: 'x', c: null, d: [true, Number.NaN], e: undefined }],
  ['objects without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ['one object at two places', ((shared) => ({ a: shared, b: shared }))({ x: 1 })],
  ['ninety levels', nested(90)],
])('takes %s', (_, config) => {
  expect(() => {
    expectPlainData(config);
  }).not.toThrow();
});

test.each([
  ['functions', { model: { backbone: () => 1 } }, /model\.backbone: .* received a function/],
  ['big integers', { seed: 1n }, /seed: .* received a bigint/],
  ['symbols', { seed: Symbol('x') }, /received a symbol/],
  ['instances', { seed: new Date(0) }, /received an instance of Date/],
  ['maps', { model: new Map() }, /received an instance of Map/],
  ['__proto__', JSON.parse('{"a":{"__proto__":{"b":1}}}'), /a\.__proto__: no config key/],
  ['constructor', { constructor: { prototype: {} } }, /constructor: no config key/],
  ['cycles', cyclic, /self\.inside\.0\.self\.inside\.0.*…: .*contain itself/],
  ['depth', nested(100_000), /at most 100 levels/],
  ['bombs', bomb(), /at most 1,000,000 values/],
])('refuses %s', (_, config, message) => {
  const check = () => {
    expectPlainData(config);
  };
  expect(check).toThrow(ConfigError);
  expect(check).toThrow(message);
});
