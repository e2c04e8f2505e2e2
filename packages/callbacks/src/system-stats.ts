import { PerformanceObserver } from 'node:perf_hooks';

import { type Callback, defineCallback } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  every: z.number().nonnegative().default(10).describe('Seconds between measurements.'),
});

/** Options of the callback `system-stats`. */
export type SystemStatsOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    'system-stats': SystemStatsOptions;
  }
}

const megabyte = 2 ** 20;

/** Adds up the time that garbage collection takes. */
class CollectionClock {
  #milliseconds = 0;
  readonly #observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#milliseconds += duration;
  });

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Seconds since the last look. */
  lap(): number {
    const seconds = this.#milliseconds / 1000;
    this.#milliseconds = 0;
    return seconds;
  }

  stop(): void {
    this.#observer.disconnect();
  }
}

function memoryNow(): Readonly<Record<string, number>> {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { numTensors, numBytes } = tf.memory();
  return {
    'system/memory-mb': rss / megabyte,
    'system/heap-mb': heapUsed / megabyte,
    'system/external-mb': external / megabyte,
    'engine/tensors': numTensors,
    'engine/tensor-mb': numBytes / megabyte,
  };
}

/** @param now - Milliseconds. */
export function systemStatsCallback(
  { every }: z.output<typeof options>,
  now: () => number = () => performance.now(),
): Callback {
  let clock: CollectionClock | undefined;
  let time = 0;
  let cpu = process.cpuUsage();
  const restart = (): void => {
    time = now();
    cpu = process.cpuUsage();
  };
  return {
    // Training does not depend on being measured.
    onError: 'warn',
    handle: (event, run) => {
      if (event.type === 'run-start') {
        clock ??= new CollectionClock();
        restart();
      }
      const seconds = (now() - time) / 1000;
      if (clock === undefined || event.type !== 'step' || seconds < every || seconds === 0) return;
      const { user, system } = process.cpuUsage(cpu);
      run.report({
        'system/cpu-cores': (user + system) / 1e6 / seconds,
        'system/gc-share': clock.lap() / seconds,
        ...memoryNow(),
      });
      restart();
    },
    close: () => {
      clock?.stop();
      clock = undefined;
    },
  };
}

/**
 * Reports every `every` seconds, after a step, what the process takes, as `measurement` events, which the logs and
 * `tensorboard` write:
 *
 * - `system/cpu-cores`: processor cores kept busy since the last measurement; `system/gc-share`: share of the time that
 *   garbage collection took;
 * - `system/memory-mb`: resident memory in MB (2^20 bytes); `system/heap-mb` and `system/external-mb`: JavaScript's, and
 *   what it holds outside its heap;
 * - `engine/tensors`, `engine/tensor-mb`: TensorFlow.js's tensors and their data.
 */
export const systemStats = defineCallback({
  name: 'system-stats',
  description: 'Reports processor and memory use, garbage collection and tensors to the logs.',
  options,
  create: (resolved) => systemStatsCallback(resolved),
});
