import type { Plugin } from '@segkit/core';

import { cpu } from './cpu-engine.js';
import { ort } from './ort-engine.js';
import { tfjsNode } from './tfjs-node/tfjs-node-engine.js';
import { tfjsNodeGpu } from './tfjs-node/tfjs-node-gpu-engine.js';
import { wasm } from './wasm-engine.js';
import { webgpu } from './webgpu-engine.js';

export type { CpuEngineOptions } from './cpu-engine.js';
export type { OrtEngineOptions } from './ort-engine.js';
export type { TfjsNodeEngineOptions } from './tfjs-node/tfjs-node-engine.js';
export type { TfjsNodeGpuEngineOptions } from './tfjs-node/tfjs-node-gpu-engine.js';
export type { WasmEngineOptions } from './wasm-engine.js';
export type { WebgpuEngineOptions } from './webgpu-engine.js';
export {
  readState,
  type BindingState,
  type InstalledTensorflow,
} from './tfjs-node/install/binding-folder.js';
export {
  installTensorflow,
  type InstallTensorflowOptions,
  type TensorflowInstallation,
} from './tfjs-node/install/install-tensorflow.js';
export {
  uninstallTensorflow,
  type UninstallTensorflowOptions,
} from './tfjs-node/install/uninstall-tensorflow.js';
export { findBinding, type BindingPackage } from './tfjs-node/find-binding.js';
export { registerWasmTrainingKernels } from './wasm/register.js';
export { DeviceLostError, OutOfMemoryError } from './webgpu/errors.js';
export { cpu, ort, tfjsNode, tfjsNodeGpu, wasm, webgpu };

/** All engines, in the order in which they are tried when a config names none. */
export const engines: readonly Plugin<'engine'>[] = [tfjsNodeGpu, ort, tfjsNode, webgpu, wasm, cpu];
