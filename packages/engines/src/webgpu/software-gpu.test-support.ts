import { existsSync } from 'node:fs';

import { resolveFromApp } from '../resolve-from-app.js';

/** Where Debian's package `chromium` keeps SwiftShader, a Vulkan driver that computes on the processor. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Makes a GPU of the processor, for tests: SwiftShader, unless the environment names a driver. Dawn also needs Vulkan's loader
 * (Debian: `libvulkan1`).
 * @param options - `packages`: what has to be installed.
 * @returns Why there is none; `undefined` if there is.
 */
export function missingSoftwareGpu({
  packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu'],
} = {}): string | undefined {
  for (const name of packages) {
    if (resolveFromApp(name) === undefined) return `the package ${name} is not installed`;
  }
  if (process.env['VK_ICD_FILENAMES'] === undefined) {
    if (!existsSync(swiftShader)) return `there is no ${swiftShader}; install chromium, libvulkan1`;
    process.env['VK_ICD_FILENAMES'] = swiftShader;
  }
  return undefined;
}
