import { join } from 'node:path';

import type { System } from './system.js';

const cuda = /^lib(cudart|cudnn|cublas|cublasLt|cufft|curand|cusolver|cusparse|nccl)\.so\.\d/;

/**
 * Paths of the CUDA libraries that the system's loader finds: those that `ldconfig -p` lists and those in the folders of
 * `LD_LIBRARY_PATH`. None elsewhere than on Linux.
 */
export async function findCudaLibraries(system: System): Promise<readonly string[]> {
  if (system.platform !== 'linux') return [];
  const listed = (await system.output('ldconfig', ['-p'])) ?? '';
  const cached = [...listed.matchAll(/^\s*(\S+) \(.*\) => (\S+)$/gm)]
    .filter(([, name = '']) => cuda.test(name))
    .map(([, , path = '']) => path);
  const folders = (system.env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  const named = await Promise.all(
    folders.map(async (folder) =>
      (await system.list(folder))
        .filter((name) => cuda.test(name))
        .map((name) => join(folder, name)),
    ),
  );
  return [...new Set([...cached, ...named.flat()])].sort();
}

/** Manifests of Vulkan drivers, on which WebGPU computes under Linux. */
export async function findVulkanDrivers(system: System): Promise<readonly string[]> {
  if (system.platform !== 'linux') return [];
  const chosen = system.env.VK_DRIVER_FILES ?? system.env.VK_ICD_FILENAMES;
  if (chosen !== undefined) return chosen.split(':').filter((path) => path !== '');
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
  const found = await Promise.all(
    folders.map(async (folder) => (await system.list(folder)).map((name) => join(folder, name))),
  );
  return found.flat().filter((path) => path.endsWith('.json'));
}
