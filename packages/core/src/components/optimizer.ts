import type { Tensor } from '@tensorflow/tfjs-core';

import type { Parameter } from '../nn/parameter.js';

/** An array as it lies in a file. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Changes parameters along their gradients and holds its own state. */
export interface Optimizer {
  /** Base learning rate, before the schedule's factor. */
  readonly learningRate: number;
  /**
   * One update of every parameter named in `gradients`, in place.
   * @param gradients - By parameter name, each of the parameter's shape. Not disposed.
   * @param learningRate - This step's rate.
   */
  step(gradients: ReadonlyMap<string, Tensor>, learningRate: number): void;
  /** All slots and step counts, by name. */
  state(): Promise<Map<string, NamedArray>>;
  /** Restores what `state` gave. @throws CheckpointError if names or shapes differ. */
  restore(state: ReadonlyMap<string, NamedArray>): void;
  /** Frees all slots. */
  dispose(): void;
}

/** What an optimiser's factory is told. */
export interface OptimizerArguments {
  /** The trainable parameters by name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** Options of every optimiser by name; plugins merge theirs in. */
export interface OptimizerOptions {}
