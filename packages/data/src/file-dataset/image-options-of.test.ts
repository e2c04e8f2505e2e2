import { createApp, silentLogger } from '@segkit/core';
import { expect, test } from 'vitest';

import { datasets } from '../index.js';
import { imageOptionsOf } from './image-options-of.js';

test('images to predict on are read as those of training were', () => {
  const { registry } = createApp({ plugins: datasets, logger: silentLogger });
  const resolve = (options: object) =>
    registry.spec('dataset').parse({ name: 'image-folder', root: '.', ...options });
  expect(imageOptionsOf(resolve({ valueRange: [0, 4095] }))).toEqual({ valueRange: [0, 4095] });
  expect(imageOptionsOf(resolve({}))).toEqual({});
  // A data set of the user's own may give the name another meaning.
  expect(imageOptionsOf({ name: 'own', valueRange: 'wide' })).toEqual({});
});
