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

/** An array of zeros. */
export function allocateArray(dtype: Dtype, length: number): NumericArray {
  return new arrayTypes[dtype](length);
}

/** A copy of any numbers as the dtype's array: `int32` truncates, `bool` keeps bytes. */
export function copyToArray(dtype: Dtype, values: ArrayLike<number | boolean>): NumericArray {
  return new arrayTypes[dtype](values as ArrayLike<number>);
}

/** Whether a tfjs dtype is one of {@link Dtype}. */
export function isNumeric(dtype: string): dtype is Dtype {
  return dtype in arrayTypes;
}
