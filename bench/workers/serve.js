// The workers' end of the conversation with ../side.js: one line of JSON for every line received.
import { createInterface } from 'node:readline';

import * as tf from '@tensorflow/tfjs-core';

import { peakResidentBytes } from '../processes.js';

const print = (value) => {
  console.log(JSON.stringify(value));
};

/**
 * Makes `warmUp` steps, or as many as begin within `warmUpSeconds`; reports readiness with `info` and the seconds of the last
 * of them; then answers: `step` makes one and tells its time, `peak` tells the largest resident size so far.
 * @param stats - Counters of a compiling engine, or null.
 * @throws Error if a step leaves tensors behind.
 */
export async function serve({ step, warmUp, warmUpSeconds = Infinity, info, stats = () => null }) {
  let tensors;
  const timed = async () => {
    const compiles = stats()?.compiles ?? 0;
    const start = performance.now();
    const before = process.cpuUsage();
    const value = await step();
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - start) / 1e3;
    if (tensors !== undefined && tf.memory().numTensors !== tensors) {
      throw new Error(`a step leaves ${tf.memory().numTensors - tensors} tensors behind`);
    }
    tensors = tf.memory().numTensors;
    const compiled = (stats()?.compiles ?? 0) - compiles;
    return { seconds, cpuSeconds: (user + system) / 1e6, value, compiled };
  };
  const begun = performance.now();
  let stepSeconds = null;
  for (let i = 0; i < warmUp && performance.now() - begun < 1000 * warmUpSeconds; i++) {
    stepSeconds = (await timed()).seconds;
  }
  print({ ...info, stepSeconds });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'step') print(await timed());
    if (line === 'peak') print({ bytes: peakResidentBytes() });
  }
}
