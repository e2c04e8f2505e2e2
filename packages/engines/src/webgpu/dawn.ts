import { EngineError, messageOf } from '@segkit/core';

import type { AdapterChoice, GpuSource } from './choose-adapter.js';
import { DawnEvents } from './dawn-events.js';
import type { Gpu } from './gpu.js';
import { loadPackage } from './load-package.js';

/** The package `webgpu`: Dawn, the WebGPU implementation of Chrome, as a native module. */
interface Dawn {
  readonly create: (flags: readonly string[]) => Gpu;
  /** `GPUBufferUsage`, `GPUMapMode`, `GPUBuffer` and so on. */
  readonly globals: Readonly<Record<string, unknown>>;
}

/** No adapter is called this; asking for it makes Dawn list those that there are. */
const nobody = 'segkit:list';

/**
 * Opens Dawn under Node.
 * @throws EngineError if the package `webgpu` is absent or does not load, or no adapter has the name that is asked for.
 */
export async function openDawn({ adapter }: AdapterChoice): Promise<GpuSource> {
  const dawn = (await loadPackage('webgpu')) as Dawn;
  for (const [name, value] of Object.entries(dawn.globals)) {
    // The kernels name these classes and flags as they are called in browsers.
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, ...hidden });
  }
  const events = new DawnEvents();
  const flags = adapter === undefined ? [] : [`adapter=${await nameOfAdapter(dawn, adapter)}`];
  const gpu = dawn.create(flags);
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const found = await events.call(() => requestAdapter(options));
    if (found === null) return null;
    const requestDevice = found.requestDevice.bind(found);
    found.requestDevice = (descriptor) => events.call(() => requestDevice(descriptor));
    return found;
  };
  return { gpu, events };
}

const hidden = { configurable: true, enumerable: false, writable: true } as const;

async function nameOfAdapter({ create }: Dawn, wanted: string): Promise<string> {
  const names = await adapterNames(create);
  const name = names.find((candidate) => candidate.toLowerCase().includes(wanted.toLowerCase()));
  if (name !== undefined) return name;
  const there = names.length === 0 ? 'none' : names.map((found) => `"${found}"`).join(', ');
  throw new EngineError(
    `engine webgpu: \`adapter\` must be part of an adapter's name, received "${wanted}"; there are: ${there}.`,
  );
}

async function adapterNames(create: Dawn['create']): Promise<string[]> {
  try {
    await create([`adapter=${nobody}`]).requestAdapter();
    return [];
  } catch (error) {
    return [...messageOf(error).matchAll(/name: '(.*)'/g)].map(([, name = '']) => name);
  }
}
