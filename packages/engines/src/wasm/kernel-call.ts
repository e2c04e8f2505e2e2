import * as tf from '@tensorflow/tfjs-core';

import type { WasmBackend } from './heap.js';

/** A kernel's input tensors by name. */
export type Inputs<Names extends string> = Readonly<Record<Names, tf.TensorInfo>>;

/** A kernel that stands in for, or next to, the backend's own of the same name. */
export interface WasmKernel {
  /** TensorFlow.js's kernel name, e.g. `Conv2DBackpropFilter`. */
  readonly name: string;
  /** Makes the kernel function; `stock` is the backend's own, absent if it has none. */
  readonly make: (stock: tf.KernelFunc | undefined) => tf.KernelFunc;
}

/**
 * Describes a kernel for the wasm backend.
 * @param name - TensorFlow.js's kernel name.
 * @param body - Computes the output, or outputs.
 * @param supports - Cases that `body` handles; all others go to the backend's own kernel.
 */
export function wasmKernel<Names extends string, Attributes>(
  name: string,
  body: (
    backend: WasmBackend,
    inputs: Inputs<Names>,
    attributes: Attributes,
  ) => tf.TensorInfo | tf.TensorInfo[],
  supports?: (inputs: Inputs<Names>, attributes: Attributes) => boolean,
): WasmKernel {
  return {
    name,
    make: (stock) => (call) => {
      const inputs = call.inputs as Inputs<Names>;
      const attributes = call.attrs as unknown as Attributes;
      if (stock !== undefined && supports?.(inputs, attributes) === false) return stock(call);
      return body(call.backend as WasmBackend, inputs, attributes);
    },
  };
}

/**
 * Runs a registered wasm kernel on tensor infos; the caller disposes the result with {@link release}.
 * @throws Error if the backend has no such kernel.
 */
export function runKernel(
  backend: WasmBackend,
  name: string,
  inputs: Record<string, tf.TensorInfo>,
  attributes: object,
): tf.TensorInfo {
  const kernel = tf.getKernel(name, 'wasm');
  const call = { inputs, backend, attrs: attributes as tf.NamedAttrMap };
  return kernel.kernelFunc(call) as tf.TensorInfo;
}

/** Frees tensors that {@link runKernel} or `makeOutput` made. */
export function release(backend: WasmBackend, ...tensors: readonly tf.TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
