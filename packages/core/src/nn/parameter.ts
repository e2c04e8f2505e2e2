import * as tf from '@tensorflow/tfjs-core';

import { CheckpointError, SegkitError, ShapeError } from '../errors.js';
import type { RandomStream } from '../tensor/random-stream.js';
import { formatShape } from '../tensor/expect-shape.js';
import { constant, type Initializer } from './initializers.js';

/** How a parameter is made. */
export interface ParameterOptions {
  /** Shape in segkit's layout (filters HWIO). */
  readonly shape: readonly number[];
  /** Fills the first values. */
  readonly initializer: Initializer;
  /** `false` for buffers such as running statistics, which no optimiser touches. Default `true`. */
  readonly trainable?: boolean;
  /**
   * Axes that turn this layout into PyTorch's, e.g. `[3, 2, 0, 1]` for HWIO to OIHW. Files hold PyTorch's
   * layout, so that its tools read them. Default: the same layout.
   */
  readonly torchAxes?: readonly number[];
}

/** A named array of weights that is described first and allocated later, by `initialize` or `load`. */
export class Parameter {
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly torchAxes: readonly number[];
  /**
   * Whether training leaves the values as they are for now: no gradient is computed for them, and running statistics do
   * not move. Says nothing about inference.
   */
  frozen = false;
  readonly #initializer: Initializer;
  #variable: tf.Variable | undefined;

  constructor({ shape, initializer, trainable = true, torchAxes }: ParameterOptions) {
    this.shape = shape;
    this.trainable = trainable;
    this.torchAxes = torchAxes ?? shape.map((_, axis) => axis);
    this.#initializer = initializer;
  }

  /** Number of scalars. */
  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** Shape in PyTorch's layout. */
  get torchShape(): readonly number[] {
    return this.torchAxes.map((axis) => this.shape[axis] as number);
  }

  /** Whether weights have been allocated. */
  get initialized(): boolean {
    return this.#variable !== undefined;
  }

  /**
   * The live tfjs variable, float32.
   * @throws SegkitError if the module was not initialised yet, or was disposed.
   */
  get value(): tf.Variable {
    if (this.#variable === undefined) {
      throw new SegkitError(
        `parameter of shape ${formatShape(this.shape)} has no values; call initialize() on the model first.`,
      );
    }
    return this.#variable;
  }

  /** Allocates the values, drawn by the initialiser from `random`. */
  initialize(random: RandomStream): void {
    this.assign(this.#initializer(this.shape, random));
  }

  /**
   * Replaces all values.
   * @param values - Float32, row-major in segkit's layout.
   * @throws ShapeError if the length differs.
   */
  assign(values: Float32Array): void {
    if (values.length !== this.size) {
      throw new ShapeError(
        `parameter ${formatShape(this.shape)} needs ${String(this.size)} values, received ${String(values.length)}.`,
      );
    }
    tf.tidy(() => {
      const tensor = tf.tensor(values, [...this.shape], 'float32');
      this.#set(tensor);
    });
  }

  /** Zeros of the same shape and layout that no gradient belongs to. */
  zerosLike(): Parameter {
    const { shape, torchAxes, size } = this;
    const zeros = new Parameter({ shape, initializer: constant(0), trainable: false, torchAxes });
    zeros.assign(new Float32Array(size));
    return zeros;
  }

  /**
   * Checks an array's shape in PyTorch's layout.
   * @param name - The parameter's name, for the message.
   * @throws CheckpointError if the shape differs.
   */
  expectTorchShape(name: string, shape: readonly number[]): void {
    const expected = this.torchShape;
    if (formatShape(expected) === formatShape(shape)) return;
    throw new CheckpointError(
      `${name}: the network has shape ${formatShape(expected)}, the file has ${formatShape(shape)}; ` +
        'load it into the network it was saved from.',
    );
  }

  /**
   * Replaces all values by an array in PyTorch's layout.
   * @param name - The parameter's name, for the message.
   * @throws CheckpointError if the shape differs.
   */
  fromTorch(name: string, shape: readonly number[], data: Float32Array): void {
    this.expectTorchShape(name, shape);
    const inverse = this.shape.map((_, axis) => this.torchAxes.indexOf(axis));
    const tensor = tf.tidy(() => tf.transpose(tf.tensor(data, [...shape], 'float32'), inverse));
    try {
      this.#set(tensor);
    } finally {
      tensor.dispose();
    }
  }

  #set(tensor: tf.Tensor): void {
    if (this.#variable === undefined) this.#variable = tf.variable(tensor, this.trainable);
    else this.#variable.assign(tensor);
  }

  /** Frees the values. */
  dispose(): void {
    this.#variable?.dispose();
    this.#variable = undefined;
  }
}
