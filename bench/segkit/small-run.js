// A small run by segkit's own training loop that changes what a compiling engine may have taken for constant.
import { RunHandle } from 'segkit';

/** Ten images in batches of four: two full batches and one of two images an epoch. */
function configOf(engine, steps, validateEvery) {
  const cells = { name: 'synthetic-cells', size: 64, radius: 7 };
  return {
    engine: { name: engine },
    data: {
      labels: { classes: ['background', 'cell'] },
      train: { ...cells, count: 10 },
      validation: validateEvery === null ? null : { ...cells, count: 2, seed: 1 },
    },
    model: {
      backbone: { name: 'cbr', width: 8, dropout: 0.5 },
      center: { name: 'cbr', dropout: 0.5 },
      decoder: 'unet',
    },
    loss: 'ce',
    optimizer: { name: 'adam', learningRate: 1e-3 },
    // Another learning rate at every step.
    schedule: { name: 'cosine', warmupSteps: Math.min(20, steps) },
    train: { steps, batchSize: 4, validateEvery },
    callbacks: [],
  };
}

/**
 * Trains a U-Net of base width 8 on images of 64x64.
 * @param onStep - Called after every step with its event and a function that ends the run.
 * @param validateEvery - Steps between validations; null makes none.
 */
export async function trainSmallNet({ app, engine }, { steps, onStep, validateEvery = null }) {
  const handle = new RunHandle();
  const stop = () => {
    handle.stop();
  };
  await app.fit(configOf(engine, steps, validateEvery), { handle }).forEach((event) => {
    if (event.type === 'step') onStep(event, stop);
  });
}
