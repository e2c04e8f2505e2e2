import { Buffer, constants } from 'node:buffer';

/** Types of numbers that a recorded value can have; tfjs's `string` and `complex64` stay on the host. */
export type Dtype = 'float32' | 'int32' | 'bool';

/** Types that an ONNX tensor can have here; `int64` for the shapes and axes that operators take as inputs. */
export type OnnxDtype = Dtype | 'int64';

/** ONNX's numbers for them (`TensorProto.DataType`). */
export const onnxType: Readonly<Record<OnnxDtype, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** The array that holds a value in memory. */
export type NumericArray =
  Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Bytes of one element. */
export const bytesPerElement: Readonly<Record<Dtype, number>> = { float32: 4, int32: 4, bool: 1 };

/** Bytes from which memory is asked for without being cleared. */
const smallestUncleared = 4096;

/**
 * An array with any content. Cleared memory is new to the process, a page fault a page; memory that is not cleared is what
 * an array before it has left.
 */
export function allocateArray(dtype: Dtype, length: number): NumericArray {
  const bytes = length * bytesPerElement[dtype];
  const isPlain = bytes < smallestUncleared || bytes > constants.MAX_LENGTH;
  if (isPlain) return new arrayTypes[dtype](length);
  return new arrayTypes[dtype](Buffer.allocUnsafeSlow(bytes).buffer);
}

/** A copy of any numbers as the dtype's array: `int32` truncates, `bool` keeps bytes. */
export function copyToArray(dtype: Dtype, values: ArrayLike<number | boolean>): NumericArray {
  const copy = allocateArray(dtype, values.length);
  copy.set(values as ArrayLike<number>);
  return copy;
}

/** Whether a tfjs dtype is one of {@link Dtype}. */
export function isNumeric(dtype: string): dtype is Dtype {
  return dtype in arrayTypes;
}
