import { lowerElements } from '../lowering/element-wise.js';
import type { Lowerings } from '../lowering/lowering-context.js';
import { inputOf, type Recorders } from './recorder.js';

/**
 * Recorder of a kernel of this backend's own: moving averages of `count` tensors in one call.
 * `MoveAverages({ average0, value0, average1, … }, { count, share })` gives `average + share * (value - average)` of each.
 */
export const averageRecorders: Recorders = {
  MoveAverages: (inputs, { count, share }) => {
    const pairs = Array.from({ length: Number(count) }, (_, i) => [
      inputOf(inputs, `average${String(i)}`),
      inputOf(inputs, `value${String(i)}`),
    ]);
    return {
      op: 'MoveAverages',
      inputs: pairs.flat(),
      attributes: { share },
      outputs: pairs.map(([average]) => ({ shape: average?.shape ?? [], dtype: 'float32' })),
      isList: true,
    };
  },
};

/** Lowering of the averages, one after the other. */
export const averageLowerings: Lowerings = {
  MoveAverages: ({ outputs, attributes }, inputs, context) => {
    const { graph } = context;
    return outputs.map((info, i) =>
      lowerElements(context, inputs.slice(2 * i, 2 * i + 2), info, (average = '', value = '') => {
        const away = graph.emit('Sub', [value, average]);
        const move = graph.emit('Mul', [away, graph.scalar(Number(attributes?.['share']))]);
        return graph.emit('Add', [average, move]);
      }),
    );
  },
};
