// Every preset's network has the parameters that its definition says; no weight is allocated.
import { expect, test } from 'vitest';

import { build } from './build.js';
import { app, namedNetworks } from './configs.js';

test.each(Object.entries(namedNetworks))('%s', (_, network) => {
  expect(build(network).parameterCount).toBe(network.parameters);
});

test('no preset is left out', () => {
  expect(app.presets.list().map(({ name }) => name)).toEqual(Object.keys(namedNetworks));
});
