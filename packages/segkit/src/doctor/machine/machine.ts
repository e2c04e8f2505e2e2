import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

import { findGpus, type Gpu } from './gpus.js';
import { findCudaLibraries, findVulkanDrivers } from './native-libraries.js';
import { readNvidia, type Nvidia } from './nvidia.js';
import { packageVersions } from './package-versions.js';
import { thisSystem } from './system.js';

/** What engines depend on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Of the operating system's kernel. */
  readonly release: string;
  readonly processor: string;
  readonly cores: number;
  /** Processes that wanted a core during the last minute, on average; 0 on Windows. */
  readonly load: number;
  /** Bytes. */
  readonly memory: number;
  readonly node: string;
  /** The version of Node-API, which native modules are built for. */
  readonly napi: string;
  /** Versions of segkit and of the packages that engines need, those that are installed. */
  readonly packages: Readonly<Record<string, string>>;
  readonly gpus: readonly Gpu[];
  readonly nvidia: Nvidia | null;
  /** Paths of CUDA's libraries that the system's loader finds. */
  readonly cudaLibraries: readonly string[];
  /** Paths of Vulkan drivers' manifests. */
  readonly vulkanDrivers: readonly string[];
}

/** Gathers the facts of this machine. */
export async function readMachine(): Promise<Machine> {
  const [gpus, nvidia, cudaLibraries, vulkanDrivers] = await Promise.all([
    findGpus(thisSystem),
    readNvidia(thisSystem),
    findCudaLibraries(thisSystem),
    findVulkanDrivers(thisSystem),
  ]);
  return {
    platform: process.platform,
    arch: process.arch,
    release: release(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    load: loadavg()[0] ?? 0,
    memory: totalmem(),
    node: process.versions.node,
    napi: process.versions.napi ?? 'unknown',
    packages: packageVersions(),
    gpus,
    nvidia,
    cudaLibraries,
    vulkanDrivers,
  };
}
