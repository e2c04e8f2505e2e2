import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ortSource = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** The module whose import registers each backend; `wasm` is there to try the comparison with. */
const modules = {
  cpu: '@tensorflow/tfjs-backend-cpu',
  wasm: '@tensorflow/tfjs-backend-wasm',
  ort: ortSource,
};

/**
 * The module to import for a backend.
 * @param {string} backend
 * @throws Error if there is no such backend, or it is not written yet.
 */
export function backendModule(backend) {
  const known = Object.keys(modules);
  if (!known.includes(backend))
    throw new Error(`backend must be one of ${known.join(', ')}; received "${backend}".`);
  if (backend === 'ort' && !existsSync(ortSource))
    throw new Error(`backend "ort": ${ortSource} does not exist.`);
  return modules[backend];
}
