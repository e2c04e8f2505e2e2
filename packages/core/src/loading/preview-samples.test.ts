import { expect, test } from 'vitest';

import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { openLoader } from './open-loader.js';
import { previewSamples } from './preview-samples.js';

test('draws are the samples that the loader delivers in the first epochs', async () => {
  const { registry, parseConfig } = tinyApp();
  const config = parseConfig(tinyConfig({ seed: 3, train: { steps: 3, batchSize: 6 } }));
  const baseFolder = '.';
  const shown = await previewSamples(registry, config, { count: 4, draws: 3, baseFolder });

  const loader = await openLoader(registry, config, { baseFolder });
  expect(config.train.batchSize).toBe(6);
  const epochs = await Promise.all([1, 2, 3].map((epoch) => loader.batch(epoch, 0)));
  expect(shown.map(({ original }) => original.id)).toEqual(
    epochs[0]!.slice(0, 4).map(({ id }) => id),
  );
  for (const { original, draws } of shown) {
    expect(draws).toEqual(epochs.map((batch) => batch.find(({ id }) => id === original.id)));
    expect(draws[0]!.image).not.toEqual(original.image);
  }
});

test('no more samples than there are', async () => {
  const { registry, parseConfig } = tinyApp();
  const config = parseConfig(tinyConfig());
  const options = { count: 50, draws: 1, baseFolder: '.' };
  expect(await previewSamples(registry, config, options)).toHaveLength(6);
});
