// Trains a small U-Net for three steps on the engine that SEGKIT_TEST_ENGINE names; prints the version of Node and the losses.
import { createApp, firstParty, silentLogger } from 'segkit';

const cells = { name: 'synthetic-cells', count: 4, size: 32 };
const config = {
  engine: { name: process.env.SEGKIT_TEST_ENGINE },
  data: { labels: { classes: ['background', 'cell'] }, train: cells },
  model: { backbone: { name: 'cbr', width: 8, depth: 2 }, center: 'cbr', decoder: 'unet' },
  loss: 'ce',
  train: { steps: 3, batchSize: 2 },
  loader: { workers: 0 },
  callbacks: [],
};
const losses = [];
createApp({ plugins: firstParty, logger: silentLogger })
  .fit(config)
  .subscribe({
    next: (event) => {
      if (event.type === 'step') losses.push(event.loss);
    },
    error: (error) => {
      console.log(error.message);
      process.exitCode = 1;
    },
    complete: () => {
      console.log(`${process.version} losses ${losses.map((loss) => loss.toFixed(5)).join(' ')}`);
      // A worker of the engine may keep the process.
      process.exit(losses.length === 3 ? 0 : 1);
    },
  });
