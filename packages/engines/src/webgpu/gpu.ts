// The part of the WebGPU interface that the engine itself uses; kernels use more of it in tfjs-backend-webgpu.

/** `navigator.gpu`, or what stands for it under Node. */
export interface Gpu {
  requestAdapter(options?: {
    readonly powerPreference?: 'high-performance' | 'low-power';
  }): Promise<GpuAdapter | null>;
}

/** What an adapter says of itself; browsers leave much of it empty. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether it computes on the processor. */
  readonly isFallbackAdapter?: boolean;
}

/** Limits that tfjs-backend-webgpu asks for as high as the adapter has them. */
export const raisedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Of an adapter or a device; sizes in bytes. */
export type GpuLimits = Readonly<Record<(typeof raisedLimits)[number], number>>;

/** A GPU, or what imitates one. */
export interface GpuAdapter {
  readonly info: AdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: GpuLimits;
  requestDevice(descriptor: {
    readonly requiredFeatures: readonly string[];
    readonly requiredLimits: GpuLimits;
  }): Promise<GpuDevice>;
}

/** An error of a device; its class tells its kind. */
export interface GpuError {
  readonly message: string;
}

/** What is asked of {@link GpuDevice.createBuffer}. */
export interface BufferDescriptor {
  /** In bytes. */
  readonly size: number;
  /** Sum of `GPUBufferUsage`'s flags. */
  readonly usage: number;
  readonly mappedAtCreation?: boolean;
}

/** Memory of a device. */
export interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

/** A connection to an adapter; everything made by it ends with it. */
export interface GpuDevice {
  readonly limits: GpuLimits;
  /** Settled when the device is lost or destroyed. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  createBuffer(descriptor: BufferDescriptor): GpuBuffer;
  pushErrorScope(filter: 'out-of-memory'): void;
  popErrorScope(): Promise<GpuError | null>;
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: GpuError }) => void,
  ): void;
  destroy(): void;
}
