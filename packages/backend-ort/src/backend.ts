import '@tensorflow/tfjs-backend-cpu';

import * as tf from '@tensorflow/tfjs-core';

import { OrtBackendError } from './errors.js';
import { copyToArray, isNumeric, type NumericArray } from './graph/dtype.js';
import { sameShape } from './graph/shape.js';
import type { KnownNumbers, Recording } from './kernels/recorder.js';
import { captureValues, type CapturedModel } from './program/capture.js';
import { Executor } from './program/executor.js';
import { ArrayPool } from './recording/array-pool.js';
import { Entry, EntryTable } from './recording/entry.js';
import { Signatures } from './recording/signatures.js';
import { Storage } from './recording/storage.js';
import { RecordedNode, Value } from './recording/value.js';
import type { OrtSettings } from './runtime/settings.js';
import { StatsCounter, type OrtStats } from './runtime/stats.js';

/** Kernels recorded before they are run although nobody read anything, so that a loop that never reads stays bounded. */
const longestRecording = 6_000;

/**
 * A TensorFlow.js backend whose kernels only record. Reading a tensor turns everything recorded since the last read into
 * one ONNX graph, kept by its structure, and runs it in ONNX Runtime.
 */
export class OrtBackend extends tf.KernelBackend {
  readonly data = new EntryTable((dataId) => {
    tf.engine().moveData(this, dataId);
  });
  readonly stats = new StatsCounter();
  readonly #signatures = new Signatures();
  readonly #pool = new ArrayPool();
  /**
   * Entries recorded since the last run, those that are pending still and those that are not. A new list for every run:
   * a set that is emptied, or a list, chains the garbage of one run to that of the next, and the collector copies it all.
   */
  #recordedEntries: Entry[] = [];
  /** Numbers that no tensor holds any more but recorded kernels read. */
  #retired: Storage[] = [];
  readonly #executor: Executor;
  #epoch = 0;
  #recorded = 0;
  #bytes = 0;

  /** @throws RuntimeUnavailableError if ONNX Runtime cannot be loaded. */
  constructor(settings: Partial<OrtSettings> = {}) {
    super();
    this.#executor = new Executor(settings, this.stats, this.#pool);
  }

  /** Changes settings; loaded graphs are dropped, because they hold the old ones. */
  configure(settings: Partial<OrtSettings>): void {
    this.#executor.configure(settings);
  }

  /** What the backend did so far. */
  snapshot(): OrtStats {
    return this.stats.snapshot(this.#executor.graphs);
  }

  /**
   * The model of what `compute` makes of `inputs`.
   * @throws OrtBackendError if `compute` reads tensors on the way, itself or by a kernel without a lowering.
   */
  capture(
    compute: () => ReadonlyMap<string, tf.Tensor>,
    inputs: ReadonlyMap<string, tf.Tensor>,
  ): CapturedModel {
    this.flush();
    const { flushes } = this.stats;
    const fallbacks = new Map(this.stats.fallbacks);
    const outputs = compute();
    if (this.stats.flushes !== flushes) {
      const run = [...this.stats.fallbacks].filter(
        ([name, count]) => fallbacks.get(name) !== count,
      );
      const culprits = run.map(([name]) => name).join(', ');
      throw new OrtBackendError(
        'backend ort: capture() must see a computation that reads no tensor on its way; ' +
          (culprits === ''
            ? 'dataSync(), data() or the like was called. Read the results afterwards.'
            : `the kernels ${culprits} have no lowering and were run on the processor.`),
      );
    }
    const valueOf = (tensor: tf.Tensor): Value => this.#valueOf(tensor);
    return captureValues(mapValues(inputs, valueOf), mapValues(outputs, valueOf));
  }

  // What tfjs asks of a backend.

  override numDataIds(): number {
    return this.data.size;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<tf.BackendTimingInfo> {
    const start = performance.now();
    run();
    this.flush();
    return Promise.resolve({ kernelMs: performance.now() - start });
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override refCount(dataId: tf.DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: tf.DataId): void {
    this.data.get(dataId).refCount += 1;
  }

  decRef(dataId: tf.DataId): void {
    if (this.data.has(dataId)) this.data.get(dataId).refCount -= 1;
  }

  override write(
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): tf.DataId {
    return this.data.add(this.#known(values, shape, dtype, 1));
  }

  override move(
    dataId: tf.DataId,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.data.adopt(dataId, this.#known(values, shape, dtype, refCount));
  }

  override async read(dataId: tf.DataId): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  /** The numbers, as a copy; computes everything recorded if these are. */
  override readSync(dataId: tf.DataId): tf.backend_util.BackendValues {
    const { value, host } = this.data.get(dataId);
    if (host?.complexTensorInfos !== undefined) {
      const { real, imag } = host.complexTensorInfos;
      return tf.backend_util.mergeRealAndImagArrays(
        this.readSync(real.dataId) as Float32Array,
        this.readSync(imag.dataId) as Float32Array,
      );
    }
    return value === null ? (host?.texts ?? []) : copyToArray(value.dtype, this.#numbersOf(value));
  }

  /**
   * Reads numbers into an array that is there: a new one for every result of several megabytes costs page faults, and makes
   * the garbage collector work, to which it counts as memory under pressure.
   * @param target - Of the tensor's dtype and size.
   * @throws OrtBackendError if the tensor holds texts or complex numbers.
   */
  readInto(dataId: tf.DataId, target: NumericArray): void {
    const { value, dtype } = this.data.get(dataId);
    if (value === null) {
      throw new OrtBackendError(
        `backend ort: readInto() takes tensors of real numbers, received one of dtype ${dtype}; use data().`,
      );
    }
    target.set(this.#numbersOf(value));
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.get(dataId);
    entry.refCount -= 1;
    if (!force && entry.refCount > 0) return false;
    const { value, host } = entry;
    if (host?.complexTensorInfos !== undefined) {
      this.disposeData(host.complexTensorInfos.real.dataId, true);
      this.disposeData(host.complexTensorInfos.imag.dataId, true);
    }
    entry.isPending = false;
    this.data.delete(dataId);
    if (value?.storage) this.#leave(value.storage);
    return true;
  }

  override dispose(): void {
    this.#executor.dispose();
    this.#pool.clear();
    this.#recordedEntries = [];
  }

  // What kernels ask.

  /** Records a kernel call. */
  record({ op, inputs, attributes, outputs }: Recording): tf.TensorInfo[] {
    const values = inputs.map((input) => this.#valueOf(input));
    const signature = this.#signatures.of(op, attributes, outputs);
    const node = new RecordedNode(op, values, attributes, outputs, signature);
    this.stats.recorded += 1;
    this.#recorded += 1;
    const infos = node.outputs.map((value) => this.#enter(value));
    if (this.#recorded >= longestRecording) this.flush();
    return infos;
  }

  /** The numbers of a tensor, not copied, unless they are still to be computed. */
  readonly knownNumbers: KnownNumbers = ({ dataId }) => this.data.get(dataId).value?.storage?.array;

  /** Holds complex numbers as two tensors of reals. */
  makeComplex(real: tf.TensorInfo, imag: tf.TensorInfo): tf.TensorInfo {
    const dataId = this.data.add(
      new Entry('complex64', null, {}, { complexTensorInfos: { real, imag } }),
    );
    return { dataId, shape: real.shape, dtype: 'complex64' };
  }

  /**
   * Computes everything that is recorded and that a tensor still holds.
   * @throws GraphError or OutOfMemoryError; all of it is then still recorded.
   */
  flush(): void {
    const targets = this.#pendingValues();
    this.#recorded = 0;
    if (targets.length > 0) this.#compute(targets, true);
    for (const entry of this.#recordedEntries) entry.isPending = false;
    this.#recordedEntries = [];
    this.#epoch += 1;
    for (const storage of this.#retired) this.#reuse(storage);
    this.#retired = [];
    this.#pool.endRun();
  }

  #pendingValues(): Value[] {
    const values = new Set<Value>();
    for (const { value, isPending } of this.#recordedEntries) {
      if (isPending && value !== null) values.add(value);
    }
    return [...values];
  }

  #numbersOf(value: Value): NumericArray {
    if (value.storage === null) this.#computeFor(value);
    if (value.storage === null) throw new OrtBackendError('backend ort: a run left out a result.');
    return value.storage.array;
  }

  /** Computes everything, or, if that fails, the value alone: another tensor's failure must not keep it from being read. */
  #computeFor(value: Value): void {
    try {
      this.flush();
    } catch (error) {
      if (!(error instanceof OrtBackendError) || this.#pendingValues().length < 2) throw error;
      this.#compute([value], false);
      for (const entry of this.#recordedEntries) if (entry.value === value) entry.isPending = false;
    }
  }

  #compute(targets: readonly Value[], isAll: boolean): void {
    this.#executor.compute(targets, isAll);
    for (const { storage } of targets) this.#bytes += storage?.array.byteLength ?? 0;
    this.stats.peakBytes = Math.max(this.stats.peakBytes, this.#bytes + this.#pool.bytes);
  }

  #known(
    values: tf.backend_util.BackendValues,
    shape: readonly number[],
    dtype: tf.DataType,
    refCount: number,
  ): Entry {
    if (!isNumeric(dtype)) return new Entry(dtype, null, { refCount }, { texts: values });
    // A copy: the program may write to its array before the recorded kernels run.
    const array = this.#pool.take(dtype, values.length);
    array.set(values as ArrayLike<number>);
    const storage = new Storage(dtype, array, shape.length === 0);
    this.#bytes += array.byteLength;
    const value = new Value({ shape: [...shape], dtype }, storage);
    return new Entry(dtype, value, { refCount });
  }

  #enter(value: Value): tf.TensorInfo {
    const entry = this.data.add(new Entry(value.dtype, value, { isPending: true }));
    this.#recordedEntries.push(entry);
    // tfjs copies shapes, and never writes to one that it was given.
    return { dataId: entry, shape: value.shape as number[], dtype: value.dtype };
  }

  /** The value behind a tensor, in the tensor's shape. */
  #valueOf({ dataId, shape }: tf.TensorInfo): Value {
    const { value, dtype } = this.data.get(dataId);
    if (value === null) {
      throw new Error(`backend ort: a kernel for numbers was given a tensor of dtype ${dtype}.`);
    }
    if (value.storage !== null) value.storage.readInEpoch = this.#epoch;
    if (sameShape(value.shape, shape)) return value;
    const outputs = [{ shape: [...shape], dtype: value.dtype }];
    const signature = this.#signatures.of('Reshape', undefined, outputs);
    const node = new RecordedNode('Reshape', [value], undefined, outputs, signature);
    return node.outputs[0] ?? value;
  }

  /** A tensor lets go of its numbers. */
  #leave(storage: Storage): void {
    storage.tensors -= 1;
    if (storage.tensors > 0) return;
    if (storage.readInEpoch === this.#epoch) this.#retired.push(storage);
    else this.#reuse(storage);
  }

  #reuse({ dtype, array, state }: Storage): void {
    this.#bytes -= array.byteLength;
    if (state === 'held') this.#pool.give(dtype, array);
  }
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}
