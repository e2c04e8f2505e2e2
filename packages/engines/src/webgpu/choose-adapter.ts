import { EngineError } from '@segkit/core';

import type { DawnEvents } from './dawn-events.js';
import type { AdapterInfo, Gpu, GpuAdapter } from './gpu.js';

/** Which adapter computes. */
export interface AdapterChoice {
  readonly powerPreference: 'high-performance' | 'low-power';
  /** Part of its name, in upper or lower case. */
  readonly adapter?: string | undefined;
  /** Whether it may be one that computes on the processor. */
  readonly fallbackAdapter: boolean;
}

/** Where adapters come from. */
export interface GpuSource {
  readonly gpu: Gpu;
  /** Under Node. */
  readonly events?: DawnEvents;
}

/** Software adapters of implementations that do not tell. */
const software = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** An adapter's name and what else it says of itself, on one line. */
export function describeAdapter({
  vendor,
  architecture,
  device,
  description,
}: AdapterInfo): string {
  const parts = [description, vendor, architecture, device].filter((part) => part !== '');
  return parts.join(', ') || 'unnamed adapter';
}

/** Whether an adapter computes on the processor. */
export function isSoftware(info: AdapterInfo): boolean {
  return info.isFallbackAdapter === true || software.test(describeAdapter(info));
}

/**
 * The adapter that a user wants.
 * @throws EngineError if there is none, or only one that computes on the processor and that is not allowed.
 */
export async function chooseAdapter(
  { gpu, events }: GpuSource,
  { powerPreference, adapter: wanted, fallbackAdapter }: AdapterChoice,
): Promise<GpuAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (adapter === null) throw new EngineError(`engine webgpu: there is no GPU to use. ${remedy}`);
  const name = describeAdapter(adapter.info);
  // Under Node the list of adapters was searched before.
  if (events === undefined && wanted !== undefined && !includes(name, wanted)) {
    throw new EngineError(
      `engine webgpu: \`adapter\` must be part of the adapter's name, received "${wanted}"; the browser offers: ${name}.`,
    );
  }
  if (isSoftware(adapter.info) && !fallbackAdapter) {
    throw new EngineError(
      `engine webgpu: the only adapter computes on the processor (${name}), where the engine "ort" is many times as fast. ` +
        `Set \`fallbackAdapter: true\` to use it all the same. ${remedy}`,
    );
  }
  return adapter;
}

const remedy =
  'For a GPU, install its driver (on Linux one for Vulkan, and the loader: libvulkan1 or vulkan-loader), or choose the engine "ort".';

function includes(name: string, part: string): boolean {
  return name.toLowerCase().includes(part.toLowerCase());
}
