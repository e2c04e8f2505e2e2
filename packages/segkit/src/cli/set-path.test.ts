import { expect, test } from 'vitest';

import { parseOverride, setPath } from './set-path.js';

const set = (config: unknown, text: string, defaults?: unknown): unknown =>
  setPath(config, parseOverride(text), defaults);

test.each([
  ['a=1', 1],
  ['a=1e-4', 1e-4],
  ['a=true', true],
  ['a=null', null],
  ['a=[1,2]', [1, 2]],
  ['a={"b":"c"}', { b: 'c' }],
  ['a=dice', 'dice'],
  ['a="40"', '40'],
  ['a=', ''],
  ['a=b=c', 'b=c'],
])('%s is read as JSON, or as text', (text, value) => {
  expect(parseOverride(text)).toEqual({ path: ['a'], value });
});

test.each(['train.steps', '=3', '', 'a..b=1', '.a=1', 'a.=1'])('"%s" is no override', (text) => {
  expect(() => parseOverride(text)).toThrow(/expected path=value as in train.steps=40/);
});

test.each(['__proto__.polluted=1', 'a.constructor.b=1', 'a.prototype=1'])(
  '%s is refused',
  (text) => {
    expect(() => parseOverride(text)).toThrow(/is no config key/);
    expect('polluted' in {}).toBe(false);
  },
);

test('sets nested values and leaves the config itself alone', () => {
  const config = { train: { steps: 200, batchSize: 2 }, loss: 'ce' };
  expect(set(config, 'train.steps=40')).toEqual({
    train: { steps: 40, batchSize: 2 },
    loss: 'ce',
  });
  expect(config.train.steps).toBe(200);
});

test('makes objects on the way', () => {
  expect(set({}, 'transforms.train=["flip"]')).toEqual({ transforms: { train: ['flip'] } });
});

test('a component given by its name becomes an object when an option is set', () => {
  expect(set({ loss: 'ce' }, 'loss.labelSmoothing=0.1')).toEqual({
    loss: { name: 'ce', labelSmoothing: 0.1 },
  });
});

test('indices reach into arrays, and one past the end appends', () => {
  const config = { callbacks: ['checkpoint', { name: 'csv-log' }] };
  expect(set(config, 'callbacks.0.monitor=meanDice')).toEqual({
    callbacks: [{ name: 'checkpoint', monitor: 'meanDice' }, { name: 'csv-log' }],
  });
  expect(set(config, 'callbacks.2=progress')).toEqual({
    callbacks: ['checkpoint', { name: 'csv-log' }, 'progress'],
  });
});

test.each(['callbacks.3=x', 'callbacks.-1=x', 'callbacks.last=x', 'callbacks.0x1=x'])(
  '%s is no index of an array of two',
  (text) => {
    expect(() => set({ callbacks: ['a', 'b'] }, text)).toThrow(
      /callbacks is an array of 2; expected an index from 0 to 2/,
    );
  },
);

test('a path cannot go on below a number', () => {
  expect(() => set({ seed: 3 }, 'seed.value=1')).toThrow(/--set: seed is 3, which has no keys/);
});

test('an option of a part that the config leaves out goes to the default part', () => {
  const defaults = {
    optimizer: { name: 'adam', learningRate: 1e-3, betas: [0.9, 0.999] },
    callbacks: [{ name: 'checkpoint' }, { name: 'jsonl-log' }],
    train: { steps: 3, batchSize: 2 },
  };
  expect(set({}, 'optimizer.learningRate=0.1', defaults)).toEqual({
    optimizer: { name: 'adam', learningRate: 0.1 },
  });
  expect(set({}, 'optimizer.name=sgd', defaults)).toEqual({ optimizer: { name: 'sgd' } });
  expect(set({}, 'callbacks.1.name=csv-log', defaults)).toEqual({
    callbacks: [{ name: 'checkpoint' }, { name: 'csv-log' }],
  });
  expect(set({}, 'train.epochs=2', defaults)).toEqual({ train: { epochs: 2 } });
});
