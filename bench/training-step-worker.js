// Shared by the tfjs workers of training-step.js.
import { createInterface } from 'node:readline';

import * as tf from '@tensorflow/tfjs-core';

/** `[base, batch, size]` from the end of the command line. */
export function shapeArguments() {
  return process.argv.slice(-3).map(Number);
}

/** The batch that every variant trains on: noise and random labels, two classes. */
export function randomBatch(batch, size) {
  const image = tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 1);
  const labels = tf.cast(tf.randomUniform([batch, size, size], 0, 2, 'float32', 2), 'int32');
  return { image, labels };
}

/** Warms up, reports readiness, then makes one step for every line on standard input. */
export async function serve(step, info) {
  const timed = () => {
    const start = performance.now();
    const before = process.cpuUsage();
    const loss = step();
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - start) / 1e3, cpuSeconds: (user + system) / 1e6, loss };
  };
  const print = (value) => console.log(JSON.stringify(value));
  timed();
  timed();
  const tensors = tf.memory().numTensors;
  timed();
  if (tf.memory().numTensors !== tensors) throw new Error('a step leaks tensors');
  print(info);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'step') print(timed());
  }
}
