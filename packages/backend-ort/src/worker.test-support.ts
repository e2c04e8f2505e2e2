// Run by worker-threads.test.ts: as a worker it computes; as a program it starts itself as a worker and computes nothing.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

import * as tf from '@tensorflow/tfjs-core';

import { configure } from './index.js';
import { iterate } from './iterate.test-support.js';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on('message', (message) => {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  });
} else {
  configure({ threads: 2 });
  await tf.setBackend('ort');
  await iterate(1);
  parentPort?.postMessage({ backend: tf.getBackend() });
  const weights = await iterate(200);
  parentPort?.postMessage({ weights: [...weights] });
}
