// FCN-32s, FCN-16s and FCN-8s side by side: the finer the maps whose scores are added, the finer the outlines.
//
//   npx tsx examples/fcn-strides/main.ts --steps 120
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { defineConfig } from 'segkit';

import { compareSegmentation } from '../comparing/compare-segmentation.ts';
import { stepsOption } from '../comparing/steps-option.ts';

const runs = fileURLToPath(new URL('../../runs', import.meta.url));

const cells = { name: 'synthetic-cells', size: 128, radius: 16, cells: [8, 14] } as const;

/** @param taps - The maps that are scored, finest first; the first one's stride names the network. */
const configOf = (taps: ('layer2' | 'layer3' | 'layer4')[], steps: number) =>
  defineConfig({
    seed: 1,
    data: {
      labels: {
        classes: [
          { name: 'background', color: [0, 43, 54] },
          { name: 'cell', color: [181, 137, 0] },
        ],
      },
      train: { ...cells, count: 200, seed: 1 },
      validation: { ...cells, count: 12, seed: 2 },
    },
    transforms: { train: ['flip', 'rotate90'] },
    model: { backbone: { name: 'resnet18', width: 16, taps }, decoder: 'fcn', head: 'fcn' },
    loss: 'ce',
    optimizer: { name: 'adam', learningRate: 2e-3 },
    train: { steps, batchSize: 4, validateEvery: 40 },
    callbacks: ['progress', 'checkpoint'],
  });

/** Trains the three networks for `steps`, prints their scores and draws image | truth | 32s | 16s | 8s. */
export const run = ({ steps = 120, out = runs } = {}) =>
  compareSegmentation(
    {
      'fcn-32s': configOf(['layer4'], steps),
      'fcn-16s': configOf(['layer3', 'layer4'], steps),
      'fcn-8s': configOf(['layer2', 'layer3', 'layer4'], steps),
    },
    join(out, 'fcn-strides'),
  );

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(stepsOption());
