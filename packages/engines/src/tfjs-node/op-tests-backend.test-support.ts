// The backend `tensorflow` for tfjs-core's op tests, as the engine `tfjs-node` makes it ready.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

import '@tensorflow/tfjs-core';

import { restoreLegacyUtil } from './legacy-util.js';
import { prepareBackend } from './prepare-backend.js';

restoreLegacyUtil();
// Not by `import`, which would come before the bundle's copy of tfjs-core: the first one makes the class of tensors.
const requireFrom = createRequire(import.meta.url);
requireFrom('@tensorflow/tfjs-node');
prepareBackend(dirname(requireFrom.resolve('@tensorflow/tfjs-node/package.json')));
