/** Draws whole numbers below a bound; the same seed gives the same numbers (mulberry32). */
export function numbersOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export type Draw = ReturnType<typeof numbersOf>;

/** One of some values. */
export function pick<T>(draw: Draw, values: readonly T[]): T {
  return values[draw(values.length)] as T;
}

/** An array in an array, and so on. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** Losses that sum losses that sum losses. */
function nestedLoss(levels: number): unknown {
  let loss: unknown = 'ce';
  for (let level = 0; level < levels; level++) loss = { name: 'sum', losses: [{ loss }] };
  return loss;
}

function cyclicLoss(): unknown {
  const loss: { name: string; losses: unknown[] } = { name: 'sum', losses: [] };
  loss.losses.push({ loss });
  return loss;
}

function bomb(): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < 40; level++) value = [value, value];
  return value;
}

/** Values of JSON that configs do not expect where they stand. */
export const oddJson: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 0.5,
  () => 2 ** 53,
  () => 1e308,
  () => -1e308,
  () => '',
  () => 'x',
  () => '__proto__',
  () => 'constructor',
  () => 'toString',
  () => '../../../etc/passwd',
  () => '\u0000\ud800',
  () => 'x'.repeat(100_000),
  () => [],
  () => ({}),
  () => [[]],
  () => ({ name: '' }),
  () => ({ name: 'constructor' }),
  () => ({ name: ['ce'] }),
  () => ({ name: 'sum', losses: 'ce' }),
  () => nested(10),
  () => nested(2000),
  () => nestedLoss(20),
  () => nestedLoss(500),
  () => JSON.parse('{"__proto__":{"polluted":1}}') as unknown,
  () => JSON.parse('{"name":"ce","__proto__":{"ignoreIndex":1}}') as unknown,
  () => ({ constructor: { prototype: { polluted: 1 } } }),
  () => Array.from({ length: 2000 }, (_, index) => index),
];

/** Values that only programs can write. */
export const oddValues: readonly (() => unknown)[] = [
  ...oddJson,
  () => undefined,
  () => Number.NaN,
  () => -Infinity,
  () => 10n ** 30n,
  () => Symbol('odd'),
  () => () => 1,
  () => new Date(Number.NaN),
  () => new Map([['name', 'ce']]),
  () => /x/,
  () => new Float32Array(3),
  () => Object.create(null) as unknown,
  () => Object.create({ name: 'ce' }) as unknown,
  () => new Proxy({ name: 'ce' }, {}),
  cyclicLoss,
  bomb,
];

export const oddKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'name',
  'preset',
  'plugins',
  '$schema',
  '',
  '0',
  'x'.repeat(1000),
];
