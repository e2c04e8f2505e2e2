import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { ort, ortBackend, startBackends } from './kernels/compare-with-cpu.test-support.js';
it('probe', async () => {
  await startBackends(); await tf.setBackend(ort);
  for (const n of [1000, 5000, 10000, 19000]) {
    let x: tf.Tensor = tf.tensor1d([0]);
    for (let i = 0; i < n; i++) { const next = tf.add(x, 1); x.dispose(); x = next; }
    const t = performance.now(); const b = ortBackend().snapshot();
    x.dataSync(); const a = ortBackend().snapshot();
    console.log(n, 'total', Math.round(performance.now() - t), 'compile', (a.compileSeconds - b.compileSeconds).toFixed(2), 'run', (a.runSeconds - b.runSeconds).toFixed(3));
  }
  await tf.setBackend('cpu');
});
