import { expect, test } from 'vitest';
import * as z from 'zod';

import { ConfigError, DuplicateComponentError, UnknownComponentError } from '../errors.js';
import { tinyApp, tinyConfig, tinyPlugins } from '../testing/tiny-plugins.test-support.js';
import { createApp } from '../app.js';
import { defineDecoder, defineUpsampler } from './plugin.js';

test('an unknown name lists what is registered, nearest first', () => {
  const { registry } = tinyApp();
  expect(() => registry.find('optimizer', 'adm')).toThrow(UnknownComponentError);
  expect(() => registry.find('optimizer', 'adm')).toThrow(
    /unknown optimizer "adm"; registered, nearest first: adam, /,
  );
});

test('an unknown name of an empty kind says that nothing is registered', () => {
  const { registry } = createApp({ plugins: [] });
  expect(() => registry.find('loss', 'ce')).toThrow(/no loss is registered/);
});

test('a second plugin of the same kind and name is an error', () => {
  const [first] = tinyPlugins;
  expect(() => createApp({ plugins: [...tinyPlugins, first!] })).toThrow(DuplicateComponentError);
});

test('two apps share nothing', () => {
  const one = tinyApp();
  const other = createApp({ plugins: [] });
  expect(one.registry.list('backbone')).toHaveLength(1);
  expect(other.registry.list('backbone')).toHaveLength(0);
});

test('a factory runs for every instance, and nested components get a path of their own', () => {
  const paths: string[] = [];
  const upsampler = defineUpsampler({
    name: 'probe',
    description: 'Notes where it is made.',
    options: z.strictObject({ factor: z.number().default(2) }),
    create: ({ factor }, { path }) => {
      paths.push(`${path} x${String(factor)}`);
      return undefined as never;
    },
  });
  const decoder = defineDecoder({
    name: 'nesting',
    description: 'Makes an upsampler.',
    options: ({ component }) => z.strictObject({ upsampler: component('upsampler') }),
    create: ({ upsampler: spec }, { create }) => {
      const args = { inChannels: 1, outChannels: 1, stride: 2 };
      create('upsampler', spec, args);
      create('upsampler', spec, args);
      return undefined as never;
    },
  });
  const app = tinyApp(upsampler, decoder);
  const model = { backbone: 'tiny', decoder: { name: 'nesting', upsampler: 'probe' } };
  const config = app.parseConfig(tinyConfig({ model }));
  expect(config.model.decoder).toEqual({
    name: 'nesting',
    upsampler: { name: 'probe', factor: 2 },
  });
  app.registry.create(
    'decoder',
    config.model.decoder,
    { channels: [1], outChannels: 2, strides: [1] },
    { path: 'model.decoder' },
  );
  expect(paths).toEqual(['model.decoder.upsampler x2', 'model.decoder.upsampler x2']);

  const bad = {
    backbone: 'tiny',
    decoder: { name: 'nesting', upsampler: { name: 'probe', factor: 'x' } },
  };
  expect(() => app.parseConfig(tinyConfig({ model: bad }))).toThrow(ConfigError);
  expect(() => app.parseConfig(tinyConfig({ model: bad }))).toThrow(
    'model.decoder.upsampler.factor: expected number, received "x"',
  );
});
