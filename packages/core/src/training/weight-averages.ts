import * as tf from '@tensorflow/tfjs-core';

import type { NamedArray } from '../components/optimizer.js';
import type { Module } from '../nn/module.js';
import type { Parameter } from '../nn/parameter.js';
import { torchArrays } from '../nn/torch-arrays.js';
import { hasEngineKernel, runEngineKernel } from '../ops/engine-kernel.js';

/** A parameter or buffer and its average. */
interface Pair {
  readonly parameter: Parameter;
  readonly average: Parameter;
}

/**
 * Exponential moving averages of all parameters and running statistics of a network:
 * `average += (1 - decay) * (weights - average)` after every step, from the first weights on. As timm's `ModelEmaV2`, and
 * PyTorch's `AveragedModel` with `use_buffers=True`.
 * @see https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema
 */
export class WeightAverages {
  readonly #pairs = new Map<string, Pair>();
  readonly #decay: number;
  /** The network's own weights while it has the averages. */
  readonly #own: tf.Tensor[] = [];
  readonly #borrowers = new Set<Promise<unknown>>();

  /** @param model - Has its first weights. */
  constructor(model: Module, decay: number) {
    this.#decay = decay;
    for (const [name, parameter] of model.namedParameters()) {
      const average = parameter.zerosLike();
      average.value.assign(parameter.value);
      this.#pairs.set(name, { parameter, average });
    }
  }

  /** Takes the weights of the moment in. */
  update(): void {
    const share = 1 - this.#decay;
    const pairs = [...this.#pairs.values()];
    tf.tidy(() => {
      const moved = fused(pairs, share) ?? pairs.map((pair) => composed(pair, share));
      pairs.forEach(({ average }, i) => {
        average.value.assign(moved[i] as tf.Tensor);
      });
    });
  }

  /**
   * Does work while the network has the average weights, and gives it its own back. Several works may overlap: the first
   * borrows the averages, the last returns them.
   */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    if (this.#borrowers.size === 0) this.#borrow();
    const borrower = (async () => await work())();
    this.#borrowers.add(borrower);
    try {
      return await borrower;
    } finally {
      this.#borrowers.delete(borrower);
      if (this.#borrowers.size === 0) this.#return();
    }
  }

  /** Waits until the network has its own weights, should a callback not have waited for what it asked for. */
  async returned(): Promise<void> {
    while (this.#borrowers.size > 0) {
      await Promise.allSettled(this.#borrowers);
      await Promise.resolve();
    }
  }

  #borrow(): void {
    for (const { parameter, average } of this.#pairs.values()) {
      // Clones share the numbers: nothing is copied.
      this.#own.push(tf.clone(parameter.value));
      parameter.value.assign(average.value);
    }
  }

  #return(): void {
    const own = this.#own.splice(0);
    [...this.#pairs.values()].forEach(({ parameter }, i) => {
      parameter.value.assign(own[i] as tf.Tensor);
    });
    tf.dispose(own);
  }

  /** Starts again from the network's weights of the moment. */
  restart(): void {
    for (const { parameter, average } of this.#pairs.values()) {
      average.value.assign(parameter.value);
    }
  }

  /** The averages by name, in PyTorch's layout. */
  async state(): Promise<Map<string, NamedArray>> {
    return torchArrays([...this.#pairs].map(([name, { average }]) => [name, average]));
  }

  /** Frees the averages. */
  dispose(): void {
    for (const { average } of this.#pairs.values()) average.dispose();
  }
}

function composed({ parameter, average }: Pair, share: number): tf.Tensor {
  return tf.add(average.value, tf.mul(tf.sub(parameter.value, average.value), share));
}

/** By one call of the engine's kernel: the calls of hundreds of small ones would cost more than the numbers. */
function fused(pairs: readonly Pair[], share: number): tf.Tensor[] | undefined {
  if (!hasEngineKernel('MoveAverages')) return undefined;
  const inputs: Record<string, tf.Tensor> = {};
  pairs.forEach(({ parameter, average }, i) => {
    inputs[`average${String(i)}`] = average.value;
    inputs[`value${String(i)}`] = parameter.value;
  });
  return runEngineKernel('MoveAverages', inputs, { count: pairs.length, share });
}
