import type { Lowerings } from '../lowering/lowering-context.js';
import { arithmeticLowerings, arithmeticRecorders } from './arithmetic.js';
import { batchNormLowerings, batchNormRecorders } from './batch-norm.js';
import { constantLowerings, constantRecorders } from './constants.js';
import { convolutionLowerings, convolutionRecorders } from './convolution.js';
import { matrixLowerings, matrixRecorders } from './matrix.js';
import { optimizerLowerings, optimizerRecorders } from './optimizer-update.js';
import { poolingLowerings, poolingRecorders } from './pooling.js';
import type { Recorders } from './recorder.js';
import { reductionLowerings, reductionRecorders } from './reduction.js';
import { shapingLowerings, shapingRecorders } from './shaping.js';
import { unaryLowerings, unaryRecorders } from './unary.js';

/** Every tfjs kernel that is lowered, by family, with how its calls are recorded. What is not here is run by tfjs-backend-cpu. */
export const recorders: Recorders = {
  ...arithmeticRecorders,
  ...batchNormRecorders,
  ...constantRecorders,
  ...convolutionRecorders,
  ...matrixRecorders,
  ...optimizerRecorders,
  ...poolingRecorders,
  ...reductionRecorders,
  ...shapingRecorders,
  ...unaryRecorders,
};

/** How each recorded op is written into the graph. */
export const lowerings: Lowerings = {
  ...arithmeticLowerings,
  ...batchNormLowerings,
  ...constantLowerings,
  ...convolutionLowerings,
  ...matrixLowerings,
  ...optimizerLowerings,
  ...poolingLowerings,
  ...reductionLowerings,
  ...shapingLowerings,
  ...unaryLowerings,
};
