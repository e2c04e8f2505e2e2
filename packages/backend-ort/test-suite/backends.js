import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { tensorflowLeftOut } from './left-out-tensorflow.js';
import { webgpuLeftOut } from './left-out-webgpu.js';

const local = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * @typedef {object} Backend
 * @property {string} module - Its import registers the backend.
 * @property {string} [registered] - Its name in tfjs, where that is another.
 * @property {boolean} [isDataSync] - Whether values can be read without waiting. Default: true.
 * @property {Record<string, boolean>} [flags] - tfjs's flags to test it with, as its authors do.
 * @property {{ tests: string, reason: string }[]} [leftOut] - Tests that the backend's own authors leave out.
 */

/** @type {Readonly<Record<string, Backend>>} `wasm` is there to try the comparison with. */
const backends = {
  cpu: { module: '@tensorflow/tfjs-backend-cpu' },
  wasm: { module: '@tensorflow/tfjs-backend-wasm' },
  ort: { module: local('../src/index.ts') },
  'tfjs-node': {
    module: local('../../engines/src/tfjs-node/op-tests-backend.test-support.ts'),
    registered: 'tensorflow',
    leftOut: tensorflowLeftOut,
  },
  webgpu: {
    module: local('../../engines/src/webgpu/op-tests-backend.test-support.ts'),
    // Small tensors would be left to the processor.
    flags: { WEBGPU_CPU_FORWARD: false },
    leftOut: webgpuLeftOut,
  },
};

/**
 * What is known of a backend.
 * @param {string} name
 * @throws Error if there is no such backend, or it is not written yet.
 */
export function findBackend(name) {
  const known = Object.keys(backends);
  if (!known.includes(name))
    throw new Error(`backend must be one of ${known.join(', ')}; received "${name}".`);
  if (name === 'ort' && !existsSync(backends.ort.module))
    throw new Error(`backend "ort": ${backends.ort.module} does not exist.`);
  return { registered: name, isDataSync: true, flags: {}, leftOut: [], ...backends[name] };
}
