import { convolutionBias, foldedBatchNorm, fusedRelu, fusedSum } from './convolution-end.js';
import { reluGradient, stepOfRelu } from './relu-gradient.js';
import { rewrite, type ValueGraph } from './rewrite.js';
import {
  croppedInputGradient,
  croppedPadding,
  croppedPoolGradient,
  paddedWindow,
} from './window-pads.js';

/** The same values by fewer and cheaper kernels. */
export function simplify(graph: ValueGraph): ValueGraph {
  const plain = rewrite(graph, [
    stepOfRelu,
    reluGradient,
    croppedPadding,
    croppedInputGradient,
    croppedPoolGradient,
    paddedWindow,
  ]);
  // Counts of uses are fresh in every pass: only now does nothing but its ReLU use a map.
  return [[convolutionBias], [foldedBatchNorm], [fusedSum], [fusedRelu]].reduce(rewrite, plain);
}
