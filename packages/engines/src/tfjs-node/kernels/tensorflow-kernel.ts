import type * as tf from '@tensorflow/tfjs-core';

/** An attribute of an operation, as the binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number;
}

/** What our kernels use of tfjs-node's backend. */
export interface TensorflowBackend {
  readonly binding: {
    readonly TF_FLOAT: number;
    readonly TF_ATTR_TYPE: number;
  };
  /** Notes one more tensor of the same data. */
  incRef(dataId: tf.DataId): void;
  /** Runs one of TensorFlow's operations. */
  executeSingleOutput(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
}

/** A kernel beyond, or instead of, those of tfjs-node. */
export interface TensorflowKernel {
  readonly name: string;
  /** Makes the kernel of tfjs-node's own one of that name, if it has one. */
  readonly make: (stock: tf.KernelFunc | undefined) => tf.KernelFunc;
}

/** The attribute `T`, of an operation on float32. */
export function floatType(backend: TensorflowBackend): OpAttribute {
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  return { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
}
