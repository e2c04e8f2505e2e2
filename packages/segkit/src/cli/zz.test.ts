import { createApp } from '@segkit/core';
import { test } from 'vitest';
import { firstParty } from '../first-party.js';
test('ticks', async () => {
  const app = createApp({ plugins: firstParty });
  let ticks = 0; const timer = setInterval(() => { ticks++; }, 5);
  for (const engine of ['cpu', 'wasm']) {
  await new Promise<void>((resolve, reject) => {
    app.fit({
  engine,
  data: {
    labels: { classes: ['background', 'cell'] },
    train: { name: 'synthetic-cells', count: 40, size: 32, seed: 1 },
  },
  model: {
    backbone: { name: 'cbr', width: 2, depth: 2 },
    center: 'cbr',
    decoder: { name: 'unet', upsampler: 'transposed', merge: 'concat' },
  },
  loss: 'ce', callbacks: [], metrics: [],
  train: { steps: 20, batchSize: 2 },
    } as never).subscribe({ next: (e) => { console.log(engine, e.type, 'step' in e ? e.step : '', ticks); }, error: reject, complete: resolve });
  });
  }
  clearInterval(timer);
});
