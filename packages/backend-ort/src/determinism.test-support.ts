// Run by determinism.test.ts as a program of its own: prints the losses and weights of a training.
import * as tf from '@tensorflow/tfjs-core';

import { configure } from './index.js';
import { train } from './small-training.test-support.js';

await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
configure({ threads: 2 });
await tf.setBackend('ort');
process.stdout.write(JSON.stringify(train('kinked', 'adam', 6)));
