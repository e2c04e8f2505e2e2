import type * as tf from '@tensorflow/tfjs-core';

/** An attribute of an operation, as the binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | readonly number[];
}

/** What our kernels use of tfjs-node's backend. */
export interface TensorflowBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: {
    readonly TF_FLOAT: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_STRING: number;
  };
  /** Notes one more tensor of the same data. */
  incRef(dataId: tf.DataId): void;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** A kernel beyond, or instead of, those of tfjs-node. */
export interface TensorflowKernel {
  readonly name: string;
  /** Makes the kernel of tfjs-node's own one of that name, if it has one. */
  readonly make: (stock: tf.KernelFunc | undefined) => tf.KernelFunc;
}

/** The attribute `T`, of an operation on float32. */
export function floatType(backend: TensorflowBackend, name = 'T'): OpAttribute {
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  return { name, type: TF_ATTR_TYPE, value: TF_FLOAT };
}

/**
 * Runs one of TensorFlow's operations.
 * @returns As many of its outputs, the first ones, as it has or more are asked for.
 */
export function runTensorflowOp(
  backend: TensorflowBackend,
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly tf.TensorInfo[],
  outputs = 1,
): tf.Tensor[] {
  return backend.executeMultipleOutputs(name, attributes, inputs, outputs);
}
