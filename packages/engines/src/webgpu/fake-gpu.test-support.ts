import type { BufferDescriptor, Gpu, GpuBuffer, GpuDevice, GpuError, GpuLimits } from './gpu.js';

/** What WebGPU calls its error for memory that ran out. */
export class GPUOutOfMemoryError implements GpuError {
  constructor(readonly message: string) {}
}

/** What WebGPU calls its error for a call that breaks its rules. */
export class GPUValidationError implements GpuError {
  constructor(readonly message: string) {}
}

/** A device that computes nothing, and reports what a test wants. */
export class FakeDevice implements GpuDevice {
  readonly limits: GpuLimits = {
    maxComputeWorkgroupStorageSize: 32768,
    maxComputeWorkgroupsPerDimension: 65535,
    maxStorageBufferBindingSize: 1000,
    maxBufferSize: 2000,
    maxComputeWorkgroupSizeX: 256,
    maxComputeInvocationsPerWorkgroup: 256,
  };
  readonly lost: GpuDevice['lost'];
  lose!: (reason: string, message: string) => void;
  /** What the scope of the next allocation will hold. */
  nextAllocation: () => Promise<GpuError | null> = () => Promise.resolve(null);
  scopes = 0;
  destroyed = false;
  #listener: ((event: { readonly error: GpuError }) => void) | undefined;

  constructor() {
    this.lost = new Promise((resolve) => {
      this.lose = (reason, message) => {
        resolve({ reason, message });
      };
    });
  }

  createBuffer({ size }: BufferDescriptor): GpuBuffer {
    return {
      size,
      mapState: 'unmapped',
      mapAsync: () => Promise.resolve(),
      getMappedRange: () => new ArrayBuffer(size),
      unmap: () => undefined,
    };
  }

  pushErrorScope(): void {
    this.scopes += 1;
  }

  popErrorScope(): Promise<GpuError | null> {
    this.scopes -= 1;
    return this.nextAllocation();
  }

  addEventListener(_type: string, listener: (event: { readonly error: GpuError }) => void): void {
    this.#listener = listener;
  }

  report(error: GpuError): void {
    this.#listener?.({ error });
  }

  destroy(): void {
    this.destroyed = true;
    this.lose('destroyed', 'device was destroyed');
  }
}

/** A GPU with one adapter, or none. */
export function fakeGpu(info: { device: string; isFallbackAdapter?: boolean } | null): Gpu {
  const adapter = info && {
    info: { vendor: '', architecture: '', description: '', ...info },
    features: new Set<string>(),
    limits: new FakeDevice().limits,
    requestDevice: () => Promise.resolve(new FakeDevice()),
  };
  return { requestAdapter: () => Promise.resolve(adapter) };
}
