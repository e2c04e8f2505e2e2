// The backend `tensorflow` for the op tests: the package @tensorflow/tfjs-node, as the engine `tfjs-node` loads it.
import '@tensorflow/tfjs-core';

import { restoreLegacyUtil } from '../../engines/src/tfjs-node/legacy-util.ts';

restoreLegacyUtil();
// Not by `import`, which would come before the bundle's copy of tfjs-core: the first one makes the class of tensors.
require('@tensorflow/tfjs-node');
