import { lowerElements } from '../lowering/element-wise.js';
import type { Lowering, Lowerings } from '../lowering/lowering-context.js';
import { inputOf, type Recorders } from './recorder.js';

const updateInputs = ['value', 'gradient', 'mean', 'square', 'stepSize', 'correction'];

/**
 * Recorder of a kernel of this backend's own: one update of Adam.
 * `AdamUpdate({ value, gradient, mean, square, stepSize, correction }, { beta1, beta2, eps })` gives
 * `[value, mean, square]`; `stepSize` and `correction` are scalars, because they change at every step.
 */
export const optimizerRecorders: Recorders = {
  AdamUpdate: (inputs, { beta1, beta2, eps }) => {
    const info = { shape: inputOf(inputs, 'value').shape, dtype: 'float32' } as const;
    return {
      op: 'AdamUpdate',
      inputs: updateInputs.map((name) => inputOf(inputs, name)),
      attributes: { beta1, beta2, eps },
      outputs: [info, info, info],
    };
  },
};

/**
 * PyTorch's formula with the bias correction taken out of the root, `w - size * root * m / (sqrt(v) + eps * root)`: one pass
 * over the parameters less, and the last digit may differ.
 */
const adamUpdate: Lowering = ({ outputs: [info], attributes }, inputs, context) => {
  const [value, gradient, mean, square, stepSize, correction] = inputs;
  if (!info || !value || !gradient || !mean || !square || !stepSize || !correction) return [];
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
};

/** Lowering of the update. */
export const optimizerLowerings: Lowerings = { AdamUpdate: adamUpdate };
