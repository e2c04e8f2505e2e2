import type { Lowerings } from '../lowering/lowering-context.js';
import { activationLowerings, activationRecorders } from './activations.js';
import { arithmeticLowerings, arithmeticRecorders } from './arithmetic.js';
import { averageLowerings, averageRecorders } from './move-averages.js';
import { batchNormLowerings, batchNormRecorders } from './batch-norm.js';
import { castingLowerings, castingRecorders } from './casting.js';
import { comparisonLowerings, comparisonRecorders } from './comparison.js';
import { constantLowerings, constantRecorders } from './constants.js';
import { convolutionLowerings, convolutionRecorders } from './convolution.js';
import { cumulativeLowerings, cumulativeRecorders } from './cumulative.js';
import { depthwiseLowerings, depthwiseRecorders } from './depthwise-convolution.js';
import { exactLowerings, exactRecorders } from './exact-arithmetic.js';
import { globalNormLowerings, globalNormRecorders } from './global-norm.js';
import { indexingLowerings, indexingRecorders } from './indexing.js';
import { localResponseLowerings, localResponseRecorders } from './local-response.js';
import { matrixLowerings, matrixRecorders } from './matrix.js';
import { optimizerLowerings, optimizerRecorders } from './optimizer-update.js';
import { paddingLowerings, paddingRecorders } from './padding.js';
import { poolingLowerings, poolingRecorders } from './pooling.js';
import type { Recorders } from './recorder.js';
import { reductionLowerings, reductionRecorders } from './reduction.js';
import { reluGradientLowerings } from './relu-gradient.js';
import { resizingLowerings, resizingRecorders } from './resizing.js';
import { scatterLowerings, scatterRecorders } from './scatter.js';
import { shapingLowerings, shapingRecorders } from './shaping.js';
import { slicingLowerings, slicingRecorders } from './slicing.js';
import { softmaxLowerings, softmaxRecorders } from './softmax.js';
import { spaceToBatchLowerings, spaceToBatchRecorders } from './space-to-batch.js';
import { unaryLowerings, unaryRecorders } from './unary.js';

/** Every tfjs kernel that is lowered, by family, with how its calls are recorded. What is not here is run by tfjs-backend-cpu. */
export const recorders: Recorders = {
  ...activationRecorders,
  ...arithmeticRecorders,
  ...averageRecorders,
  ...batchNormRecorders,
  ...castingRecorders,
  ...comparisonRecorders,
  ...constantRecorders,
  ...convolutionRecorders,
  ...cumulativeRecorders,
  ...depthwiseRecorders,
  ...exactRecorders,
  ...globalNormRecorders,
  ...indexingRecorders,
  ...localResponseRecorders,
  ...matrixRecorders,
  ...optimizerRecorders,
  ...paddingRecorders,
  ...poolingRecorders,
  ...reductionRecorders,
  ...resizingRecorders,
  ...scatterRecorders,
  ...shapingRecorders,
  ...slicingRecorders,
  ...softmaxRecorders,
  ...spaceToBatchRecorders,
  ...unaryRecorders,
};

/** How each recorded op is written into the graph. */
export const lowerings: Lowerings = {
  ...activationLowerings,
  ...arithmeticLowerings,
  ...averageLowerings,
  ...batchNormLowerings,
  ...castingLowerings,
  ...comparisonLowerings,
  ...constantLowerings,
  ...convolutionLowerings,
  ...cumulativeLowerings,
  ...depthwiseLowerings,
  ...exactLowerings,
  ...globalNormLowerings,
  ...indexingLowerings,
  ...localResponseLowerings,
  ...matrixLowerings,
  ...optimizerLowerings,
  ...paddingLowerings,
  ...poolingLowerings,
  ...reductionLowerings,
  ...reluGradientLowerings,
  ...resizingLowerings,
  ...scatterLowerings,
  ...shapingLowerings,
  ...slicingLowerings,
  ...softmaxLowerings,
  ...spaceToBatchLowerings,
  ...unaryLowerings,
};
