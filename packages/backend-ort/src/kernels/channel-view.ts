import { lowered, type Layout, type Lowered } from '../lowering/lowered.js';
import type { LoweringContext } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';

/** Sum of a map over batch, rows and columns, in the layout it lies in: `[channels]`. */
export function channelSums(context: LoweringContext, x: Lowered): string {
  return reduceToChannels(context, context.tensor(x, x.layout), x.shape, x.layout, 'ReduceSum');
}

/** Reduces a map in the order of its numbers: `[channels]`. */
function reduceToChannels(
  context: LoweringContext,
  tensor: string,
  [n = 1, h = 1, w = 1, c = 1]: readonly number[],
  layout: Layout,
  type: string,
): string {
  const { graph } = context;
  const reduce = (input: string, ...axes: number[]): string =>
    graph.emit(type, [input, graph.integers(axes)], { keepdims: 0 });
  if (layout === 'plain') return reduce(context.reshape(tensor, [n * h * w, c]), 0);
  if (layout === 'nchw') return reduce(context.reshape(tensor, [n, c, h * w]), 0, 2);
  const block = context.target.blockSize;
  // One axis at a time: ONNX Runtime has a fast way for a single axis in the middle.
  const perImage = reduce(context.reshape(tensor, [(n * c) / block, h * w, block]), 1);
  if (n === 1) return context.reshape(perImage, [c]);
  const again = type === 'ReduceSumSquare' ? 'ReduceSum' : type;
  const stacked = context.reshape(perImage, [n, c]);
  return graph.emit(again, [stacked, graph.integers([0])], { keepdims: 0 });
}

/** A map, its numbers as they lie, with channels on an axis that vectors broadcast along. */
export class ChannelView {
  readonly value: Lowered;
  readonly #context: LoweringContext;
  readonly #layout: Layout;
  readonly #order: readonly number[];
  readonly #vector: readonly number[];

  constructor(context: LoweringContext, value: Lowered) {
    const [n = 1, h = 1, w = 1, c = 1] = value.shape;
    this.#context = context;
    this.value = value;
    this.#layout = value.layout;
    const block = context.target.blockSize;
    if (this.#layout === 'blocked') {
      this.#order = [n, c / block, h * w, block];
      this.#vector = [c / block, 1, block];
    } else if (this.#layout === 'nchw') {
      this.#order = [n, c, h * w];
      this.#vector = [c, 1];
    } else {
      this.#order = [n * h * w, c];
      this.#vector = [c];
    }
  }

  get #count(): number {
    const [n = 1, h = 1, w = 1] = this.value.shape;
    return n * h * w;
  }

  /** Another map, brought into this one's layout. */
  sameLayout(other: Lowered): Lowered {
    if (other.layout === this.#layout) return other;
    return lowered(this.#context.tensor(other, this.#layout), other, this.#layout);
  }

  /** Mean per channel. */
  mean(): string {
    const { graph } = this.#context;
    const sums = channelSums(this.#context, this.value);
    return graph.emit('Mul', [sums, graph.scalar(1 / this.#count)]);
  }

  /** Variance per channel, divided by the count; of centred numbers, so that a large mean costs no digits. */
  variance(mean: string): string {
    const { graph } = this.#context;
    const centered = graph.emit('Sub', [this.#flat(this.value), this.#spread(mean)]);
    const squares = reduceToChannels(
      this.#context,
      centered,
      this.value.shape,
      this.#layout,
      'ReduceSumSquare',
    );
    return graph.emit('Mul', [squares, graph.scalar(1 / this.#count)]);
  }

  /** `sum(gradient * (x - mean))` per channel. */
  centeredProduct(mean: string, gradient: Lowered, gradientSum: string): string {
    const { graph } = this.#context;
    const product = graph.emit('Mul', [this.#flat(this.value), this.#flat(gradient)]);
    const sum = reduceToChannels(
      this.#context,
      product,
      this.value.shape,
      this.#layout,
      'ReduceSum',
    );
    return graph.emit('Sub', [sum, graph.emit('Mul', [mean, gradientSum])]);
  }

  /** `a * gradient + b * x + c`, with a, b and c per channel. */
  combine(gradient: Lowered, a: string, b: string, c: string, output: OutputInfo): Lowered {
    const { graph } = this.#context;
    const first = graph.emit('Mul', [this.#flat(gradient), this.#spread(a)]);
    const second = graph.emit('Mul', [this.#flat(this.value), this.#spread(b)]);
    const sum = graph.emit('Add', [graph.emit('Add', [first, second]), this.#spread(c)]);
    const [n = 1, h = 1, w = 1, channels = 1] = output.shape;
    const shape = this.#layout === 'plain' ? output.shape : [n, channels, h, w];
    return lowered(this.#context.reshape(sum, shape), output, this.#layout);
  }

  #flat(value: Lowered): string {
    return this.#context.reshape(this.#context.tensor(value, this.#layout), this.#order);
  }

  #spread(vector: string): string {
    return this.#context.reshape(vector, this.#vector);
  }
}
