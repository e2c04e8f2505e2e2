import type * as tf from '@tensorflow/tfjs-core';

import type { OpAttribute, OpOutput, TensorflowBackend } from './tensorflow-kernel.js';

/** One of TensorFlow's operations, and what is wanted of it. */
export interface Operation {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  /** `null` is an empty vector of float32: what an optional input is given. */
  readonly inputs: readonly (tf.TensorInfo | null)[];
  /** How many outputs it has. */
  readonly outputs: number;
  /** The places of those that are wanted; the others are freed. */
  readonly wanted: readonly number[];
}

/** Runs an operation that has more inputs or outputs than its kernel. */
export function runOperation(
  backend: TensorflowBackend,
  { name, attributes, inputs, outputs, wanted }: Operation,
): tf.Tensor[] {
  const { binding } = backend;
  const given = backend.getInputTensorIds(inputs.filter((input) => input !== null));
  const empty = inputs.includes(null)
    ? binding.createTensor([0], binding.TF_FLOAT, new Float32Array())
    : undefined;
  try {
    let next = 0;
    const ids = inputs.map((input) => (input === null ? empty : given[next++]) as number);
    const results = binding.executeOp(name, attributes, ids, outputs);
    results.forEach(({ id }, place) => {
      if (!wanted.includes(place)) binding.deleteTensor(id);
    });
    return wanted.map((place) => backend.createOutputTensor(results[place] as OpOutput));
  } finally {
    if (empty !== undefined) binding.deleteTensor(empty);
  }
}
