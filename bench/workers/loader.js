// segkit's side of the benchmark `loader`: node loader.js '{"set": "isbi", "augmentation": "flips", "workers": 1, …}'
import { createApp, firstParty, openLoader } from 'segkit';

import { augmentations, configOf, dataFolder } from '../loading/sets.js';
import { serve } from './serve.js';

const { set, augmentation, workers, cache, batchSize, batches, warmUp } = JSON.parse(
  process.argv[2],
);
const app = createApp({ plugins: firstParty });
// Nothing is computed, but the protocol counts tensors.
await app.startEngine({ name: 'cpu' });
// PyTorch's side decodes every image anew, and so does this one unless told otherwise.
const config = configOf(set, {
  transforms: augmentations[augmentation],
  batchSize,
  loader: { workers, prefetch: 2, cache: cache ? 'memory' : false },
  steps: 1,
});
const loader = await openLoader(app.registry, app.parseConfig(config), {
  baseFolder: dataFolder(),
});
await loader.open(0);

/** One array of a batch, as the training step makes it. */
function stack(samples, name, Type) {
  const [{ [name]: first }] = samples;
  const stacked = new Type(samples.length * first.data.length);
  for (const [i, sample] of samples.entries())
    stacked.set(sample[name].data, i * first.data.length);
  return stacked;
}

// A set may be smaller than what a step loads: batches of full size are taken epoch by epoch.
const whole = Math.max(1, Math.floor(loader.batchesPerEpoch - 1));
let made = 0;
await serve({
  step: async () => {
    let images = 0;
    const ahead = [];
    for (let i = 0; i < batches + 2; i++) {
      // As in training, two more batches are made while one is used.
      if (i < batches) {
        ahead.push(loader.batch(Math.floor(made / whole) + 1, made % whole));
        made += 1;
      }
      if (i < 2) continue;
      const samples = await ahead.shift();
      stack(samples, 'image', Float32Array);
      stack(samples, 'labels', Int32Array);
      images += samples.length;
      loader.release(samples);
    }
    return images;
  },
  warmUp,
  info: { threads: loader.threads },
});
await loader.close();
