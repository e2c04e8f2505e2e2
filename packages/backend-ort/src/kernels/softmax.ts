import { lowerElements } from '../lowering/element-wise.js';
import { isFull, lowered, loweredConstant } from '../lowering/lowered.js';
import type { Lowering, Lowerings } from '../lowering/lowering-context.js';
import { reduceAxes } from '../lowering/reduce-axes.js';
import { inputOf, recording, type Recorders } from './recorder.js';
import { axisFromFront } from './slicing.js';

/** Recorder of softmax along the last axis; tfjs composes its logarithm. */
export const softmaxRecorders: Recorders = {
  Softmax: (inputs, { dim }) => {
    const logits = inputOf(inputs, 'logits');
    const last = logits.shape.length - 1;
    if (logits.dtype !== 'float32' || last < 0 || axisFromFront(dim, last + 1) !== last)
      return null;
    return recording('Softmax', [logits], logits.shape, 'float32');
  },
};

/**
 * Of maps with channels first it is written out, as ONNX Runtime's own takes five times as long along any axis but the
 * last one.
 */
const softmax: Lowering = ({ outputs: [output] }, [logits], context) => {
  if (output === undefined || logits === undefined) return [];
  const { graph } = context;
  const axis = output.shape.length - 1;
  if (logits.constant !== undefined) {
    return loweredConstant(Math.fround(1 / (output.shape[axis] ?? 1)), output);
  }
  if (logits.layout === 'plain' || output.shape.length !== 4 || !isFull(logits)) {
    return lowered(graph.emit('Softmax', [context.tensor(logits)], { axis: -1 }), output);
  }
  const thin = { shape: output.shape.with(axis, 1), dtype: output.dtype };
  const largest = reduceAxes(context, logits, [axis], thin, (tensor, axes, keepDims) =>
    graph.emit('ReduceMax', [tensor, graph.integers(axes)], { keepdims: keepDims ? 1 : 0 }),
  );
  const powers = lowerElements(context, [logits, largest], output, (x = '', most = '') =>
    graph.emit('Exp', [graph.emit('Sub', [x, most])]),
  );
  const sums = reduceAxes(context, powers, [axis], thin, (tensor, axes, keepDims) =>
    graph.emit('ReduceSum', [tensor, graph.integers(axes)], { keepdims: keepDims ? 1 : 0 }),
  );
  return lowerElements(context, [powers, sums], output, (...operands) =>
    graph.emit('Div', operands),
  );
};

/** Lowering of softmax. */
export const softmaxLowerings: Lowerings = { Softmax: softmax };
