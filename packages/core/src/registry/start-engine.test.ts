import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import * as z from 'zod';

import { createApp } from '../app.js';
import { EngineError } from '../errors.js';
import { defineEngine, type Plugin } from './plugin.js';

/** An engine that starts, or fails with an error. */
function engine(name: string, failure?: Error) {
  return defineEngine({
    name,
    description: 'Of a test.',
    options: z.strictObject({}),
    create: () => ({
      name,
      start: () => (failure === undefined ? tf.ready() : Promise.reject(failure)),
    }),
  });
}

const absent = engine(
  'absent',
  new EngineError('engine absent: not installed.', { notInstalled: true }),
);
const broken = engine('broken', new EngineError('engine broken: libtensorflow.so.2 is missing.'));
const good = engine('good');

function appOf(...plugins: readonly Plugin<'engine'>[]) {
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
  return { app: createApp({ plugins, logger }), warnings };
}

test('takes the first engine that starts; one that is installed but broken is named, an absent one is not', async () => {
  const { app, warnings } = appOf(absent, broken, good);
  expect(await app.startEngine()).toBe('good');
  expect(warnings).toEqual([
    'engine broken: libtensorflow.so.2 is missing. Trying the next engine.',
  ]);
});

test('a named engine that cannot start is an error, whatever else would start', async () => {
  const { app } = appOf(broken, good);
  await expect(app.startEngine({ name: 'broken' })).rejects.toThrow(/libtensorflow/);
});

test('options that a named engine lacks are their defaults', async () => {
  const seen: unknown[] = [];
  const { app } = appOf(
    defineEngine({
      name: 'good',
      description: 'Of a test.',
      options: z.strictObject({ threads: z.number().default(2), fast: z.boolean().default(true) }),
      create: (options) => ({
        name: 'good',
        start: () => Promise.resolve(void seen.push(options)),
      }),
    }),
  );
  await app.startEngine({ name: 'good', threads: 1 });
  expect(seen).toEqual([{ threads: 1, fast: true }]);
});

test('when none starts, the error gives every reason', async () => {
  const { app } = appOf(absent, broken);
  await expect(app.startEngine()).rejects.toThrow(EngineError);
  await expect(app.startEngine()).rejects.toThrow(
    /no engine starts:\n.*not installed\.\n.*missing\./,
  );
  await expect(appOf().app.startEngine()).rejects.toThrow(/no engine is registered/);
});

test('an error that is no EngineError is a bug and passes through', async () => {
  const { app } = appOf(engine('buggy', new TypeError('x is not a function')), good);
  await expect(app.startEngine()).rejects.toThrow(TypeError);
});
