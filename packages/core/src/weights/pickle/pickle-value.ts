import type { ElementType } from '../element-type.js';

/** A class or function that a pickle names. It is never looked up, only compared. */
export class PickleGlobal {
  constructor(
    /** E.g. `torch._utils._rebuild_tensor_v2`. */
    readonly name: string,
  ) {}
}

/** The stored elements that one or more tensors look into. */
export class PickleStorage {
  constructor(
    /** Names the storage within its file. */
    readonly key: string,
    readonly type: ElementType,
    /** Number of elements. */
    readonly length: number,
    /** Element of the stored data where this storage starts; 0 but in files from before PyTorch 0.4. */
    readonly start: number,
  ) {}
}

/** A tensor as a view into a storage; offset and strides count elements. */
export class PickleTensor {
  constructor(
    readonly storage: PickleStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** What a pickle of PyTorch can hold. Lists and tuples are arrays, dictionaries of every kind are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleGlobal
  | PickleStorage
  | PickleTensor
  | PickleValue[]
  | Map<PickleValue, PickleValue>;
