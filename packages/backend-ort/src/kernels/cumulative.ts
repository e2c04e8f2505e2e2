import { loweredConstant } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { fromMemoryOrder, memoryOrder, type MemoryOrder } from '../lowering/memory-order.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';
import { axisFromFront, emitRanges } from './slicing.js';

// Sums and products of everything up to each place of an axis.

function cumulative(op: string): Recorder {
  return (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    const dtype = x.dtype === 'bool' ? 'int32' : dtypeOf(x);
    const axis = axisFromFront(attrs['axis'], x.shape.length);
    const [exclusive, backwards] = [attrs['exclusive'] === true, attrs['reverse'] === true];
    return recording(op, [x], x.shape, dtype, { axis, exclusive, backwards });
  };
}

/** Recorders of cumulative kernels. */
export const cumulativeRecorders: Recorders = {
  Cumsum: cumulative('Cumsum'),
  Cumprod: cumulative('Cumprod'),
};

const cumulativeSum: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const { graph } = context;
  const axis = Number(attributes?.['axis']);
  const order = memoryOrder(context, x, axis !== 3);
  const numbers = context.cast(order.tensor, x.dtype, output.dtype);
  const sums = graph.emit('CumSum', [numbers, graph.scalar(order.axes[axis] ?? 0, 'int64')], {
    exclusive: attributes?.['exclusive'] === true ? 1 : 0,
    reverse: attributes?.['backwards'] === true ? 1 : 0,
  });
  return fromMemoryOrder(context, order, sums, output);
};

/** The numbers moved along an axis by `steps`, with ones in place of those that are missing. */
function shifted(
  context: LoweringContext,
  tensor: string,
  { lengths }: MemoryOrder,
  axis: number,
  steps: number,
  one: string,
): string {
  const along = (value: number): number[] => lengths.map((_, i) => (i === axis ? value : 0));
  const size = lengths.map((length, i) => (i === axis ? length - Math.abs(steps) : length));
  const kept = emitRanges(context, tensor, lengths, { start: along(Math.max(0, -steps)), size });
  const pads = [...along(Math.max(0, steps)), ...along(Math.max(0, -steps))];
  return context.graph.emit('Pad', [kept, context.graph.integers(pads), one]);
}

/** By doubling: after n rounds every number is the product of the 2^n numbers up to it. */
const cumulativeProduct: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const axis = Number(attributes?.['axis']);
  const direction = attributes?.['backwards'] === true ? -1 : 1;
  const order = memoryOrder(context, x, axis !== 3);
  const place = order.axes[axis] ?? 0;
  const length = order.lengths[place] ?? 1;
  const exclusive = attributes?.['exclusive'] === true;
  if (exclusive && length === 1) return loweredConstant(1, output);
  const one = context.graph.scalar(1, output.dtype);
  const move = (tensor: string, steps: number): string =>
    shifted(context, tensor, order, place, steps * direction, one);
  let product = context.cast(order.tensor, x.dtype, output.dtype);
  if (exclusive) product = move(product, 1);
  for (let reach = 1; reach < length; reach *= 2) {
    product = context.graph.emit('Mul', [product, move(product, reach)]);
  }
  return fromMemoryOrder(context, order, product, output);
};

/** Lowerings of cumulative kernels. */
export const cumulativeLowerings: Lowerings = {
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
};
