import { lowerElements } from '../lowering/element-wise.js';
import type { Lowerings } from '../lowering/lowering-context.js';

/** Turns every positive float32 (above 3e-39) into 1 and the others into 0, in one pass. */
const steepness = 3e38;

/** Lowering of `dy * step(y)`, which the simplification of graphs makes. */
export const reluGradientLowerings: Lowerings = {
  ReluGrad: ({ outputs: [output] }, inputs, context) =>
    output === undefined
      ? []
      : lowerElements(context, inputs, output, (dy = '', y = '') => {
          const { graph } = context;
          const mask = graph.emit('HardSigmoid', [y], {
            alpha: { float: steepness },
            beta: { float: 0 },
          });
          return graph.emit('Mul', [mask, dy]);
        }),
};
