// Trains by segkit's own loop and tells the loss of every step: node curve.js '{"engine": "ort", "threads": 2, "steps": 50}'
import { lastValueFrom, tap } from 'rxjs';

import { engineSpec } from '../arguments.js';
import { dataFolder, sets } from '../loading/sets.js';
import { startEngine } from '../segkit/engine.js';

const { engine: name, threads, steps, seed, disturbed } = JSON.parse(process.argv[2]);

/** Of the training slices. One that is disturbed changes every pixel by its last bit or two. */
const normalize = {
  name: 'normalize',
  mean: 0.490788,
  std: 0.170825 * (disturbed ? 1 + 2 ** -22 : 1),
};

const { options, labels } = sets.isbi;
const config = {
  engine: engineSpec(name),
  seed,
  data: { labels, train: { name: 'image-folder', ...options, range: [0, 24] } },
  transforms: { train: [{ name: 'random-crop', size: 64 }, 'flip', 'rotate90', normalize] },
  model: { backbone: { name: 'cbr', width: 8 }, center: 'cbr', decoder: 'unet' },
  loss: 'ce',
  optimizer: { name: 'adam', learningRate: 1e-3 },
  train: { steps, batchSize: 2 },
  callbacks: [],
  loader: { workers: 0 },
};

try {
  const { app, engine } = await startEngine(name, threads);
  const losses = [];
  const start = performance.now();
  const events = app.fit(config, { baseFolder: dataFolder() }).pipe(
    tap((event) => {
      if (event.type === 'step') losses.push(event.loss);
    }),
  );
  await lastValueFrom(events);
  console.log(JSON.stringify({ engine, losses, seconds: (performance.now() - start) / 1e3 }));
} catch (error) {
  console.log(JSON.stringify({ skipped: error.message, missing: error.notInstalled === true }));
}
process.exit();
