import { fakeTerminal } from './fake-terminal.test-support.js';
import { run } from './run.js';

/** A config that trains in a fraction of a second. */
export const tinyConfig = {
  engine: 'cpu',
  data: {
    labels: { classes: ['background', 'cell'] },
    train: { name: 'synthetic-cells', count: 4, size: 16, cells: [1, 2], seed: 1 },
    validation: { name: 'synthetic-cells', count: 2, size: 16, cells: [1, 2], seed: 2 },
  },
  transforms: { train: ['flip', 'rotate90'] },
  model: {
    backbone: { name: 'cbr', width: 2, depth: 1 },
    center: 'cbr',
    decoder: { name: 'unet', upsampler: 'transposed', merge: 'concat' },
  },
  loss: 'ce',
  train: { steps: 2, batchSize: 2 },
} as const;

/** Runs the command as a user would, and gathers what it says. */
export async function segkit(...argv: readonly string[]) {
  const terminal = fakeTerminal();
  const code = await run(argv, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
