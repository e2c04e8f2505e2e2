import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';

/** What the kernels use of TensorFlow.js's wasm backend. */
export type WasmBackend = Pick<
  BackendWasm,
  | 'dataIdMap'
  | 'disposeData'
  | 'getMemoryOffset'
  | 'incRef'
  | 'makeOutput'
  | 'typedArrayFromHeap'
  | 'wasm'
>;

/**
 * The whole WebAssembly heap as 4-byte integers; copies bit patterns of any 4-byte dtype.
 * A view goes stale when the heap grows, so take it after the last allocation or kernel call.
 */
export function integerHeap(backend: WasmBackend): Int32Array {
  return new Int32Array(heapBuffer(backend));
}

/** The whole WebAssembly heap as float32; goes stale like {@link integerHeap}. */
export function floatHeap(backend: WasmBackend): Float32Array {
  return new Float32Array(heapBuffer(backend));
}

/** The module's type says nothing of its memory unless Emscripten's global types are loaded. */
function heapBuffer(backend: WasmBackend): ArrayBufferLike {
  const { HEAPU8: bytes } = backend.wasm as unknown as { readonly HEAPU8: Uint8Array };
  return bytes.buffer;
}

/** Where a float32 or int32 tensor starts in {@link integerHeap} and {@link floatHeap}, in elements. */
export function heapOffset(backend: WasmBackend, tensor: tf.TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId) / 4;
}

/** Makes a float32 tensor of zeros. */
export function zeros(backend: WasmBackend, shape: number[]): tf.TensorInfo {
  const tensor = backend.makeOutput(shape, 'float32');
  backend.typedArrayFromHeap(tensor).fill(0);
  return tensor;
}

/**
 * Calls `use` with a float32 tensor that lies inside another one's memory.
 * @param start - First element, counted from the start of `owner`.
 */
export function withView<Result>(
  backend: WasmBackend,
  owner: tf.TensorInfo,
  start: number,
  shape: number[],
  use: (view: tf.TensorInfo) => Result,
): Result {
  const address = backend.getMemoryOffset(owner.dataId) + 4 * start;
  const view = backend.makeOutput(shape, 'float32', address);
  try {
    return use(view);
  } finally {
    // The memory is the owner's: freeing address 0 does nothing.
    backend.dataIdMap.get(view.dataId).memoryOffset = 0;
    backend.disposeData(view.dataId);
  }
}

/** Row-major strides of a shape, in elements: `[2, 3, 4]` gives `[12, 4, 1]`. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) {
    strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  }
  return strides;
}
