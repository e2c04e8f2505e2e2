import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

import type { Dtype } from '../graph/dtype.js';
import type { KernelAttributes, OutputInfo } from '../recording/value.js';

/** A kernel call, ready to be recorded. */
export interface Recording {
  /** Which lowering writes it into the graph. */
  readonly op: string;
  readonly inputs: readonly TensorInfo[];
  readonly attributes?: KernelAttributes;
  readonly outputs: readonly OutputInfo[];
  /** Whether tfjs expects a list of outputs even if there is but one. */
  readonly isList?: boolean;
}

/** The numbers of an input, if they are known already. */
export type KnownNumbers = (input: TensorInfo) => ArrayLike<number> | undefined;

/**
 * Says how a kernel call is recorded; `null` if this call (its dtypes, its data format) has no lowering and is to be run
 * by tfjs-backend-cpu.
 */
export type Recorder = (
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
  known?: KnownNumbers,
) => Recording | null;

/** Recorders by tfjs's kernel names. */
export type Recorders = Readonly<Record<string, Recorder>>;

/** An input by name. */
export function inputOf(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name];
  if (input === undefined)
    throw new Error(`backend ort: a kernel was called without its input "${name}".`);
  return input;
}

/** The inputs of a kernel that takes a list. */
export function inputList(inputs: NamedTensorInfoMap): TensorInfo[] {
  return Object.values(inputs).filter((input) => input !== undefined);
}

/** A tensor's dtype, once it is known to be numeric. */
export function dtypeOf({ dtype }: TensorInfo): Dtype {
  return dtype as Dtype;
}

/** A recording with one output. */
export function recording(
  op: string,
  inputs: readonly TensorInfo[],
  shape: readonly number[],
  dtype: Dtype,
  attributes?: KernelAttributes,
): Recording {
  return { op, inputs, outputs: [{ shape, dtype }], ...(attributes && { attributes }) };
}
