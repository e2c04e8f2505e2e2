import { sizeOf } from '../graph/shape.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { reduceAxes } from '../lowering/reduce-axes.js';
import { inputList, recording, type Recorders } from './recorder.js';

/** Recorder of a kernel of this backend's own: `GlobalNorm` of any tensors is `sqrt(sum of all their squares)`, a scalar. */
export const globalNormRecorders: Recorders = {
  GlobalNorm: (inputs) => recording('GlobalNorm', inputList(inputs), [], 'float32'),
};

/** The sum of a value's squares, read as it lies; numbers that stand for several count as often. */
function sumOfSquares(context: LoweringContext, x: Lowered): string {
  const { graph } = context;
  if (x.constant !== undefined) return graph.scalar(x.constant ** 2 * sizeOf(x.shape));
  const axes = x.shape.map((_, axis) => axis);
  const scalar = { shape: [], dtype: 'float32' } as const;
  const once =
    axes.length === 0
      ? graph.emit('Mul', [context.tensor(x), context.tensor(x)])
      : context.tensor(
          reduceAxes(context, x, axes, scalar, (tensor, places) =>
            graph.emit('ReduceSumSquare', [tensor, graph.integers(places)], { keepdims: 0 }),
          ),
        );
  const times = sizeOf(x.shape) / sizeOf(x.extent);
  return times === 1 ? once : graph.emit('Mul', [once, graph.scalar(times)]);
}

/** Lowering of the norm. */
export const globalNormLowerings: Lowerings = {
  GlobalNorm: ({ outputs: [output] }, inputs, context) => {
    if (output === undefined) return [];
    const squares = inputs.map((input) => sumOfSquares(context, input));
    const root = context.graph.emit('Sqrt', [context.graph.emit('Sum', squares)]);
    return [lowered(root, output)];
  },
};
