// The backend `tensorflow` for tfjs-core's op tests, as the engine `tfjs-node` makes it ready.
import { createRequire } from 'node:module';

import '@tensorflow/tfjs-core';

import { registerTensorflowKernels } from './kernels/register.js';
import { restoreLegacyUtil } from './legacy-util.js';

restoreLegacyUtil();
// Not by `import`, which would come before the bundle's copy of tfjs-core: the first one makes the class of tensors.
createRequire(import.meta.url)('@tensorflow/tfjs-node');
registerTensorflowKernels();
