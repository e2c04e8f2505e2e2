import type * as tf from '@tensorflow/tfjs-core';

import type { Value } from './value.js';

/** Texts, or the parts of complex numbers. */
export interface HostData {
  /** Texts, as tfjs encodes them. */
  readonly texts?: tf.backend_util.BackendValues;
  readonly complexTensorInfos?: { readonly real: tf.TensorInfo; readonly imag: tf.TensorInfo };
}

/** What tfjs holds under a data id. It is its own data id: a table from ids to entries costs as much as recording a kernel. */
export class Entry {
  readonly dtype: tf.DataType;
  refCount: number;
  /** Numbers, known or recorded; `null` for texts and complex numbers. */
  readonly value: Value | null;
  readonly host: HostData | undefined;
  /** Whether the numbers are still to be computed for a tensor that holds them. */
  isPending: boolean;
  /** The table that holds it; `null` once nothing does. */
  owner: EntryTable | null = null;

  constructor(
    dtype: tf.DataType,
    value: Value | null,
    { refCount = 1, isPending = false } = {},
    host?: HostData,
  ) {
    this.dtype = dtype;
    this.refCount = refCount;
    this.value = value;
    this.host = host;
    this.isPending = isPending;
  }
}

/** The entries of a backend. */
export class EntryTable {
  readonly #move: (dataId: tf.DataId) => void;
  /** By the ids of other backends, from which tfjs moved them here. */
  readonly #moved = new WeakMap<tf.DataId, Entry>();
  #count = 0;

  /** @param move - Has tfjs move data of another backend here, which calls {@link adopt}. */
  constructor(move: (dataId: tf.DataId) => void) {
    this.#move = move;
  }

  get size(): number {
    return this.#count;
  }

  has(dataId: tf.DataId): boolean {
    return this.#find(dataId) !== undefined;
  }

  /** The entry of an id, moved here if another backend has it. */
  get(dataId: tf.DataId): Entry {
    const known = this.#find(dataId);
    if (known !== undefined) return known;
    this.#move(dataId);
    const moved = this.#find(dataId);
    if (moved === undefined)
      throw new Error('backend ort: no backend has the data of this tensor.');
    return moved;
  }

  /** Holds an entry under its own id. */
  add(entry: Entry): Entry {
    entry.owner = this;
    this.#count += 1;
    return entry;
  }

  /** Holds an entry under an id that it had elsewhere. */
  adopt(dataId: tf.DataId, entry: Entry): void {
    this.#moved.set(dataId, this.add(entry));
  }

  delete(dataId: tf.DataId): void {
    const entry = this.#find(dataId);
    if (entry === undefined) return;
    entry.owner = null;
    this.#moved.delete(dataId);
    this.#count -= 1;
  }

  #find(dataId: tf.DataId): Entry | undefined {
    if (dataId instanceof Entry && dataId.owner === this) return dataId;
    return this.#moved.get(dataId);
  }
}
