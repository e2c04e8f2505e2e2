import type * as tf from '@tensorflow/tfjs-core';

/** An attribute of an operation, as the binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

/** What the binding tells of an operation's output. */
export interface OpOutput {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What our kernels use of tfjs-node's native binding. */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: Float32Array | Int32Array | Uint8Array,
  ): number;
  deleteTensor(id: number): void;
  /** A tensor's values; waits for them. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): OpOutput[];
}

/** What our kernels use of tfjs-node's backend. */
export interface TensorflowBackend {
  binding: TensorflowBinding;
  /** Whether operations run on a CUDA device. */
  readonly isUsingGpuDevice: boolean;
  /** Times what runs in a function. */
  time(run: () => void): Promise<tf.BackendTimingInfo>;
  /** Notes one more tensor of the same data. */
  incRef(dataId: tf.DataId): void;
  /** The binding's numbers of tensors; values that are still JavaScript's are handed over. */
  getInputTensorIds(inputs: readonly tf.TensorInfo[]): number[];
  /** Makes a tensor of an operation's output. */
  createOutputTensor(output: OpOutput): tf.Tensor;
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

/** The attribute of an operation on float32 that names this type. */
export function floatType({ binding }: TensorflowBackend, name = 'T'): OpAttribute {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

/** The attribute of operations that know several orders of axes. */
export function channelsLast({ binding }: TensorflowBackend): OpAttribute {
  return { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' };
}
