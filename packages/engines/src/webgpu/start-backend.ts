import * as tf from '@tensorflow/tfjs-core';

import { activateBackend } from '../activate-backend.js';
import type { AdapterChoice } from './choose-adapter.js';
import { loadPackage } from './load-package.js';
import { openBackend, type BackendModule, type OpenBackend } from './open-backend.js';
import { registerWebgpuTrainingKernels } from './register.js';

const name = 'webgpu';

/** Backends of this package, with what was asked for when they were opened. */
const opened = new WeakMap<object, { readonly open: OpenBackend; readonly choice: string }>();

/**
 * Makes the TensorFlow.js backend `webgpu` current, on the adapter that is wanted. One that runs already on the same choice goes on,
 * unless its device failed: then, as for another choice, it is replaced, and its tensors are gone.
 * @throws EngineError if it does not start.
 */
export async function startBackend(choice: AdapterChoice): Promise<void> {
  const asked = JSON.stringify(choice);
  if (!isRunning(asked)) {
    const stock = await loadPackage('@tensorflow/tfjs-backend-webgpu');
    registerWebgpuTrainingKernels();
    const open = await openBackend(choice, stock as BackendModule);
    closeRunning();
    opened.set(open.backend, { open, choice: asked });
    tf.registerBackend(name, () => open.backend, 3);
  }
  await activateBackend(name, name, 'Choose the engine "ort".');
}

function running(): object | undefined {
  return (tf.engine().registry as Record<string, object | undefined>)[name];
}

function isRunning(choice: string): boolean {
  const backend = running();
  const known = backend && opened.get(backend);
  return known?.choice === choice && known.open.guard.isSound;
}

function closeRunning(): void {
  const backend = running();
  const known = backend && opened.get(backend);
  known?.open.guard.close();
  // Also a factory that the package has registered itself, where there is `navigator.gpu`.
  if (name in tf.engine().registryFactory) tf.removeBackend(name);
  known?.open.device.destroy();
}
