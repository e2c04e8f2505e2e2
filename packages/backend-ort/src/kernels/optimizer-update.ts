import { lowerElements } from '../lowering/element-wise.js';
import type { Lowered } from '../lowering/lowered.js';
import type { LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { KernelAttributes, OutputInfo } from '../recording/value.js';
import { inputOf, type Recorders } from './recorder.js';

const perTensor = ['value', 'gradient', 'mean', 'square'] as const;

/**
 * Recorder of a kernel of this backend's own: one update of Adam for `count` tensors.
 * `AdamUpdate({ value0, gradient0, mean0, square0, value1, …, stepSize, correction }, { count, beta1, beta2, eps })` gives
 * `[value0, mean0, square0, value1, …]`; `stepSize` and `correction` are scalars, because they change at every step.
 */
export const optimizerRecorders: Recorders = {
  AdamUpdate: (inputs, { count, beta1, beta2, eps }) => {
    const tensors = Array.from({ length: Number(count) }, (_, i) =>
      perTensor.map((name) => inputOf(inputs, `${name}${String(i)}`)),
    );
    return {
      op: 'AdamUpdate',
      inputs: [...tensors.flat(), inputOf(inputs, 'stepSize'), inputOf(inputs, 'correction')],
      attributes: { beta1, beta2, eps },
      outputs: tensors.flatMap(([value]) => {
        const info = { shape: value?.shape ?? [], dtype: 'float32' } as const;
        return [info, info, info];
      }),
      isList: true,
    };
  },
};

/**
 * PyTorch's formula with the bias correction taken out of the root, `w - size * root * m / (sqrt(v) + eps * root)`: one pass
 * over the parameters less, and the last digit may differ.
 */
function adamUpdate(
  info: OutputInfo,
  attributes: KernelAttributes | undefined,
  inputs: readonly (Lowered | undefined)[],
  context: LoweringContext,
): Lowered[] {
  const [value, gradient, mean, square, stepSize, correction] = inputs;
  if (!value || !gradient || !mean || !square || !stepSize || !correction) return [];
  const { graph } = context;
  const [beta1, beta2, eps] = ['beta1', 'beta2', 'eps'].map((name) => Number(attributes?.[name]));
  const number = (constant = 0): string => graph.scalar(constant);
  const nextMean = lowerElements(context, [mean, gradient], info, (m = '', g = '') => {
    const away = graph.emit('Sub', [g, m]);
    return graph.emit('Add', [m, graph.emit('Mul', [away, number(1 - (beta1 ?? 0))])]);
  });
  const nextSquare = lowerElements(context, [square, gradient], info, (v = '', g = '') => {
    const share = graph.emit('Mul', [g, number(1 - (beta2 ?? 0))]);
    return graph.emit('Add', [
      graph.emit('Mul', [v, number(beta2)]),
      graph.emit('Mul', [share, g]),
    ]);
  });
  const nextValue = lowerElements(
    context,
    [value, nextMean, nextSquare, stepSize, correction],
    info,
    (w = '', m = '', v = '', size = '', root = '') => {
      const factor = graph.emit('Mul', [size, root]);
      const smallest = graph.emit('Mul', [root, number(eps)]);
      const denominator = graph.emit('Add', [graph.emit('Sqrt', [v]), smallest]);
      const update = graph.emit('Div', [graph.emit('Mul', [m, factor]), denominator]);
      return graph.emit('Sub', [w, update]);
    },
  );
  return [nextValue, nextMean, nextSquare];
}

/** Lowering of the updates, one after the other. */
export const optimizerLowerings: Lowerings = {
  AdamUpdate: ({ outputs, attributes }, inputs, context) => {
    const scalars = inputs.slice(-2);
    return outputs.flatMap((info, i) => {
      if (i % 3 !== 0) return [];
      const first = (i / 3) * perTensor.length;
      const own = inputs.slice(first, first + perTensor.length);
      return adamUpdate(info, attributes, [...own, ...scalars], context);
    });
  },
};
