import { expect, test } from 'vitest';

import { randomStream } from '../tensor/random-stream.js';
import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { createTransforms, openDataset } from './create-data.js';
import { Loader } from './loader.js';
import { previewSamples } from './preview-samples.js';

test('draws are the samples that the loader delivers in the first epochs', async () => {
  const { registry, parseConfig } = tinyApp();
  const config = parseConfig(tinyConfig({ seed: 3 }));
  const baseFolder = '.';
  const shown = await previewSamples(registry, config, { count: 4, draws: 3, baseFolder });

  const { labels, train } = config.data;
  const loader = new Loader({
    dataset: await openDataset(registry, config, 'train', train, baseFolder),
    transforms: createTransforms(registry, config, 'train'),
    loss: registry.create('loss', config.loss, { labels }),
    batchSize: 6,
    random: randomStream(config.seed),
  });
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
