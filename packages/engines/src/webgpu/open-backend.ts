import { EngineError, messageOf } from '@segkit/core';
import type { KernelBackend } from '@tensorflow/tfjs-core';

import {
  chooseAdapter,
  describeAdapter,
  type AdapterChoice,
  type GpuSource,
} from './choose-adapter.js';
import { DeviceGuard } from './device-guard.js';
import { raisedLimits, type Gpu, type GpuAdapter, type GpuDevice, type GpuLimits } from './gpu.js';
import { guardBackend } from './guard-backend.js';

/** What is used of `@tensorflow/tfjs-backend-webgpu`. */
export interface BackendModule {
  readonly WebGPUBackend: new (device: GpuDevice, info: GpuAdapter['info']) => KernelBackend;
}

/** A backend on a device of its own. */
export interface OpenBackend {
  readonly backend: KernelBackend;
  readonly guard: DeviceGuard;
  readonly device: GpuDevice;
  /** Kept because Dawn ends when nothing refers to it, whatever computes by it. */
  readonly source: GpuSource;
}

/**
 * Opens a device and makes a TensorFlow.js backend that computes on it; it is not registered yet.
 * @throws EngineError if the package `webgpu` is missing under Node, or there is no adapter like the one that is wanted.
 */
export async function openBackend(
  choice: AdapterChoice,
  { WebGPUBackend }: BackendModule,
): Promise<OpenBackend> {
  const source = await openSource(choice);
  const adapter = await chooseAdapter(source, choice);
  const name = describeAdapter(adapter.info);
  const device = await openDevice(adapter, name);
  source.events?.attach(device);
  const guard = new DeviceGuard(device, name);
  const backend = withNavigatorGpu(source.gpu, () => new WebGPUBackend(device, adapter.info));
  guardBackend(backend, guard, source.events);
  return { backend, guard, device, source };
}

/** As browsers have it, Node from 21 on without `gpu`. */
const host = globalThis as { navigator?: { readonly gpu?: Gpu } };

/** What the program has already, as in a browser, or Dawn. */
async function openSource(choice: AdapterChoice): Promise<GpuSource> {
  const gpu = host.navigator?.gpu;
  if (gpu !== undefined) return { gpu };
  const { openDawn } = await import('./dawn.js');
  return openDawn(choice);
}

async function openDevice(adapter: GpuAdapter, name: string): Promise<GpuDevice> {
  const requiredLimits = Object.fromEntries(
    raisedLimits.map((limit) => [limit, adapter.limits[limit]]),
  ) as GpuLimits;
  // For tf.time() and tf.profile().
  const requiredFeatures = ['timestamp-query'].filter((feature) => adapter.features.has(feature));
  try {
    return await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (cause) {
    throw new EngineError(
      `engine webgpu: the adapter "${name}" opens no device: ${messageOf(cause)} Choose the engine "ort".`,
      { cause },
    );
  }
}

/** The backend's constructor insists on `navigator.gpu`, which would keep a Node process from ending if it stayed. */
function withNavigatorGpu<T>(gpu: Gpu, work: () => T): T {
  const { navigator } = host;
  if (navigator?.gpu !== undefined) return work();
  const [owner, name, value] =
    navigator === undefined ? [host, 'navigator', { gpu }] : [navigator, 'gpu', gpu];
  Object.defineProperty(owner, name, { value, configurable: true });
  try {
    return work();
  } finally {
    Reflect.deleteProperty(owner, name);
  }
}
