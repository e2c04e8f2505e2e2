import * as tf from '@tensorflow/tfjs-core';

import type { AdamNext, AdamStep, AdamTensors } from './adam-update.js';
import {
  floatType,
  type OpAttribute,
  type OpOutput,
  type TensorflowBackend,
} from './tensorflow-kernel.js';

const names = ['value', 'mean', 'square'] as const;

/**
 * Adam's update by TensorFlow's own operation, which knows variables only: they are given the tensors, without copying
 * them, and read afterwards. The operation copies what a tensor still holds, so that tensors keep their numbers.
 *
 * TensorFlow's `p -= lr * m / (sqrt(v) + eps)` is PyTorch's `p -= stepSize * m / (sqrt(v) / correction + eps)` for a rate
 * and an eps that are `correction` times as large.
 */
export class VariableAdam {
  readonly #backend: TensorflowBackend;
  readonly #type: readonly OpAttribute[];
  readonly #variables: readonly number[];
  readonly #constants: readonly tf.Tensor[];

  /** Makes variables; inside of `tf.tidy`. */
  constructor(backend: TensorflowBackend, { stepSize, correction, beta1, beta2, eps }: AdamStep) {
    this.#backend = backend;
    this.#type = [floatType(backend, 'dtype')];
    this.#variables = names.map((name) => this.#variable(name));
    const none = tf.scalar(0);
    this.#constants = [
      // The powers of the betas, whose corrections are in the rate already.
      none,
      none,
      tf.mul(stepSize, correction),
      tf.scalar(beta1),
      tf.scalar(beta2),
      tf.mul(correction, eps),
    ];
  }

  /** The next tensors of a parameter. */
  update({ value, gradient, mean, square }: AdamTensors): AdamNext {
    const { binding } = this.#backend;
    const own = this.#backend.getInputTensorIds([value, mean, square]);
    const given = this.#backend.getInputTensorIds([...this.#constants, gradient]);
    this.#variables.forEach((variable, i) => {
      binding.executeOp('AssignVariableOp', this.#type, [variable, own[i] as number], 0);
    });
    const attributes = [floatType(this.#backend)];
    binding.executeOp('ResourceApplyAdam', attributes, [...this.#variables, ...given], 0);
    return this.#variables.map((variable) => {
      const [output] = binding.executeOp('ReadVariableOp', this.#type, [variable], 1) as [OpOutput];
      return this.#backend.createOutputTensor(output);
    }) as unknown as AdamNext;
  }

  /** Frees the variables, which hold the tensors of the last update. */
  dispose(): void {
    const { binding } = this.#backend;
    for (const variable of this.#variables) {
      binding.executeOp('DestroyResourceOp', [], [variable], 0);
      binding.deleteTensor(variable);
    }
  }

  #variable(name: string): number {
    const { TF_ATTR_STRING, TF_ATTR_SHAPE } = this.#backend.binding;
    const attributes = [
      ...this.#type,
      // Of any length.
      { name: 'shape', type: TF_ATTR_SHAPE, value: [-1] },
      { name: 'container', type: TF_ATTR_STRING, value: '' },
      { name: 'shared_name', type: TF_ATTR_STRING, value: `segkit/adam/${name}` },
    ];
    const { binding } = this.#backend;
    const [handle] = binding.executeOp('VarHandleOp', attributes, [], 1) as [OpOutput];
    return handle.id;
  }
}
