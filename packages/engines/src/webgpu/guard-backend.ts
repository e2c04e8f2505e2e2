import * as tf from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';

import type { DawnEvents } from './dawn-events.js';
import type { DeviceGuard } from './device-guard.js';
import type { GpuBuffer } from './gpu.js';

type DataId = object;

/** What tfjs-backend-webgpu knows of a tensor. */
interface TensorData {
  readonly values: unknown;
  readonly resource?: GpuBuffer | null;
  readonly dtype: tf.DataType;
}

/** tfjs-backend-webgpu's backend, from inside; 4.22 is its last version for years. */
interface WebgpuBackend extends KernelBackend {
  readonly tensorMap: { get(dataId: DataId): TensorData; has(dataId: DataId): boolean };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer): void;
  };
  readonly commandEncoder: {
    copyBufferToBuffer(
      from: GpuBuffer,
      fromOffset: number,
      to: GpuBuffer,
      toOffset: number,
      size: number,
    ): void;
  };
  runWebGPUProgram(...args: unknown[]): unknown;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(dataId: DataId, values: unknown): unknown;
}

/**
 * Lets a backend compute and answer only while its device is sound.
 * @param events - Under Node, where they make synchronous reads possible; browsers have another way, which the backend knows.
 */
export function guardBackend(
  stock: KernelBackend,
  guard: DeviceGuard,
  events: DawnEvents | undefined,
): void {
  const backend = stock as WebgpuBackend;
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (...args) => {
    guard.expectSound();
    return run(...args);
  };
  const read = backend.read.bind(backend);
  backend.read = (dataId) => guard.watch(() => read(dataId));
  const keep = backend.convertAndCacheOnCPU.bind(backend);
  // A tensor may be disposed while it is read.
  backend.convertAndCacheOnCPU = (dataId, values) =>
    backend.tensorMap.has(dataId) ? keep(dataId, values) : values;
  const readSync = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    guard.expectSound();
    const { values, resource, dtype } = backend.tensorMap.get(dataId);
    if (events !== undefined && values == null && resource && dtype !== 'complex64') {
      downloadSync(backend, dataId, resource, events);
      guard.expectSound();
    }
    return readSync(dataId);
  };
}

/** Flags of WebGPU. */
const copyDestination = 0x8;
const mapRead = 0x1;
const readMode = 0x1;

/** Copies a tensor's values from the GPU into the backend's cache, blocking the thread. */
function downloadSync(
  backend: WebgpuBackend,
  dataId: DataId,
  source: GpuBuffer,
  events: DawnEvents,
): void {
  const { bufferManager } = backend;
  const staging = bufferManager.acquireBuffer(source.size, copyDestination | mapRead);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(source, 0, staging, 0, source.size);
  backend.submitQueue();
  events.mapSync(staging, readMode);
  const bytes = staging.getMappedRange().slice(0);
  staging.unmap();
  bufferManager.releaseBuffer(staging);
  const { dtype } = backend.tensorMap.get(dataId);
  backend.convertAndCacheOnCPU(dataId, tf.util.convertBackendValuesAndArrayBuffer(bytes, dtype));
}
