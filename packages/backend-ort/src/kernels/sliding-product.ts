import { blockedDomain } from '../graph/graph-builder.js';
import type { LoweringContext } from '../lowering/lowering-context.js';

/** The map that slides: its numbers lie as `[batch, groups, rows, columns, span]`. */
export interface SlidingMap {
  readonly tensor: string;
  /** Channels, in groups of `span` that lie beside one another: a block, or all of a few channels. */
  readonly channels: number;
  readonly span: number;
  readonly rows: number;
  readonly columns: number;
}

/** The map that stays, in blocks. */
export interface StandingMap {
  readonly tensor: string;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** How the one slides over the other. */
export interface Sliding {
  readonly batch: number;
  /** Rows and columns of the result. */
  readonly taps: readonly [number, number];
  /** Rows and columns of the sliding map from one pixel of the standing map to the next. */
  readonly strides: readonly [number, number];
  /** Rows and columns of the sliding map from one tap to the next. */
  readonly dilations: readonly [number, number];
  /** Zeros above and left of the sliding map. */
  readonly pads: readonly [number, number];
}

/** Pixels summed in one go; beyond, float32 loses digits, and the standing map no longer fits the cache. */
const longestSum = 16_384;

/**
 * Product of two maps summed over all pixels and images, for every offset ("tap") between them: the gradient of a
 * convolution's filter.
 *
 * It is computed as a convolution itself. The standing map, as it lies in blocks, is read as a filter as large as the
 * image whose input channels are the batch. The sliding map is read as images of one channel whose columns are the
 * pixels' single channels, so that a step of one column is a step to the next channel and a dilation of `span` is a step
 * to the next pixel. Thus nothing is packed and next to nothing is copied, and ONNX Runtime's convolution runs at its
 * full speed.
 *
 * @returns `[groups, standing channels / block, taps, span, block]`, with `taps` as two axes.
 */
export function slidingProduct(
  context: LoweringContext,
  sliding: SlidingMap,
  standing: StandingMap,
  how: Sliding,
): string {
  const { batch, taps, dilations } = how;
  const block = context.target.blockSize;
  const groups = sliding.channels / sliding.span;
  // Columns one tap apart are `dilation` pixels apart, which strides cannot skip: each tap gets its own images.
  if (dilations[1] > 1) return dilatedProduct(context, sliding, standing, how);
  const strips = stripsOf(standing, batch, block);
  const images = stackImages(context, padImages(context, sliding, standing, how, strips), strips);
  const attributes = {
    kernel_shape: [standing.rows / strips, standing.columns],
    pads: images.pads,
    dilations: [how.strides[0], how.strides[1] * sliding.span],
    strides: [dilations[0], 1],
  };
  const channels = batch * strips;
  const grouped = batch > 1 && strips === 1 && standing.rows * standing.columns >= 1024;
  const slidingTensor = context.reshape(batchInside(context, images.tensor, batch, groups), [
    groups,
    channels,
    images.rows,
    images.width,
  ]);
  const kernelShape = [standing.rows / strips, standing.columns];
  if (grouped) {
    const filter = context.reshape(standing.tensor, [batch * standing.channels, 1, ...kernelShape]);
    const inputs = [slidingTensor, filter];
    const products = context.graph.emit(
      'Conv',
      inputs,
      { ...attributes, group: batch },
      blockedDomain,
    );
    const apart = context.reshape(products, [
      groups,
      batch,
      (standing.channels / block) * taps[0] * taps[1] * sliding.span * block,
    ]);
    const sum = context.graph.emit('ReduceSum', [apart, context.graph.integers([1])], {
      keepdims: 0,
    });
    return context.reshape(sum, [groups, standing.channels / block, ...taps, sliding.span, block]);
  }
  const filter = context.reshape(
    batchInside(context, standing.tensor, batch, standing.channels / block),
    [standing.channels, channels, ...kernelShape],
  );
  const sum = context.graph.emit('Conv', [slidingTensor, filter], attributes, blockedDomain);
  return context.reshape(sum, [groups, standing.channels / block, ...taps, sliding.span, block]);
}

/** Whether a batch can be summed over in one convolution: its images are input channels, fewer than a block. */
export function batchFits(context: LoweringContext, batch: number): boolean {
  return batch < context.target.blockSize;
}

/** Parts, one below the other, into which the pixels of large maps are divided. */
function stripsOf({ rows, columns }: StandingMap, batch: number, block: number): number {
  let strips = 1;
  while (
    (rows / strips) * columns > longestSum &&
    rows % (strips * 2) === 0 &&
    batch * strips * 2 < block
  ) {
    strips *= 2;
  }
  return strips;
}

interface PaddedImages {
  readonly tensor: string;
  readonly rows: number;
  /** Columns times span. */
  readonly width: number;
  /** What the convolution itself is to add: top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
}

/**
 * The sliding map with zeros around it. The convolution could add them left and right as well, but then takes the slow
 * way through its border columns.
 */
function padImages(
  context: LoweringContext,
  { tensor, channels, span, rows, columns }: SlidingMap,
  standing: StandingMap,
  { batch, taps, strides, dilations, pads: [top, left] }: Sliding,
  strips: number,
): PaddedImages & { readonly shape: readonly number[]; readonly step: number } {
  const reach = (axis: 0 | 1): number => (taps[axis] - 1) * dilations[axis] + 1;
  const bottom = strides[0] * (standing.rows - 1) + reach(0) - rows - top;
  const right = strides[1] * (standing.columns - 1) + reach(1) - columns - left;
  const groups = channels / span;
  const [padTop, padBottom] =
    strips === 1 ? [Math.max(0, top), Math.max(0, bottom)] : ([0, 0] as const);
  const [above, below] = [top - padTop, bottom - padBottom];
  const flat = context.reshape(tensor, [batch, groups, rows, columns * span]);
  const padded = padTensor(context, flat, [0, 0, above, left * span], [0, 0, below, right * span]);
  const height = rows + above + below;
  const width = (columns + left + right) * span;
  return {
    tensor: padded,
    rows: height,
    width,
    pads: [padTop, 0, padBottom, 0],
    shape: [batch, groups, height, width],
    step: (standing.rows / strips) * strides[0],
  };
}

/** Pads, or crops where a pad is negative. */
export function padTensor(
  context: LoweringContext,
  tensor: string,
  before: readonly number[],
  after: readonly number[],
): string {
  if ([...before, ...after].every((pad) => pad === 0)) return tensor;
  const { graph } = context;
  return graph.emit('Pad', [tensor, graph.integers([...before, ...after])]);
}

/** Divides the rows into overlapping strips, as further images of the batch. */
function stackImages(
  context: LoweringContext,
  images: PaddedImages & { readonly shape: readonly number[]; readonly step: number },
  strips: number,
): PaddedImages {
  if (strips === 1) return images;
  const { graph } = context;
  const { tensor, shape, step, rows, width } = images;
  const [batch = 1, groups = 1] = shape;
  const height = rows - step * (strips - 1);
  const parts = Array.from({ length: strips }, (_, strip) => {
    const rowsOfStrip = graph.emit('Slice', [
      tensor,
      graph.integers([strip * step]),
      graph.integers([strip * step + height]),
      graph.integers([2]),
    ]);
    return context.reshape(rowsOfStrip, [batch, groups, 1, height * width]);
  });
  return { ...images, tensor: graph.emit('Concat', parts, { axis: 2 }), rows: height };
}

/** `[batch, groups, …]` as `[groups, batch, …]`. */
function batchInside(
  context: LoweringContext,
  tensor: string,
  batch: number,
  groups: number,
): string {
  if (batch === 1 || groups === 1) return tensor;
  return context.transpose(context.reshape(tensor, [batch, groups, -1]), [1, 0, 2]);
}

/** As {@link slidingProduct}, with taps several pixels apart: a shifted copy of the sliding map for every column of taps. */
function dilatedProduct(
  context: LoweringContext,
  sliding: SlidingMap,
  standing: StandingMap,
  { batch, taps, strides, dilations, pads: [top, left] }: Sliding,
): string {
  const block = context.target.blockSize;
  const { span, rows, columns } = sliding;
  const groups = sliding.channels / span;
  const neededRows = strides[0] * (standing.rows - 1) + (taps[0] - 1) * dilations[0] + 1;
  const bottom = neededRows - rows - top;
  const neededColumns = strides[1] * (standing.columns - 1) + 1;
  const flat = context.reshape(batchInside(context, sliding.tensor, batch, groups), [
    groups,
    batch,
    rows,
    columns * span,
  ]);
  const copies = Array.from({ length: taps[1] }, (_, tap) => {
    const before = left - tap * dilations[1];
    const after = neededColumns - columns - before;
    return padTensor(
      context,
      flat,
      [0, 0, Math.min(0, top), before * span],
      [0, 0, Math.min(0, bottom), after * span],
    );
  });
  const filter = context.reshape(
    batchInside(context, standing.tensor, batch, standing.channels / block),
    [standing.channels, batch, standing.rows, standing.columns],
  );
  const images = context.graph.emit('Concat', copies, { axis: 0 });
  const sums = context.graph.emit(
    'Conv',
    [images, filter],
    {
      kernel_shape: [standing.rows, standing.columns],
      pads: [Math.max(0, top), 0, Math.max(0, bottom), 0],
      dilations: [strides[0], strides[1] * span],
      strides: [dilations[0], 1],
    },
    blockedDomain,
  );
  const byTap = context.reshape(sums, [
    taps[1],
    groups,
    standing.channels / block,
    taps[0],
    span * block,
  ]);
  return context.reshape(context.transpose(byTap, [1, 2, 3, 0, 4]), [
    groups,
    standing.channels / block,
    ...taps,
    span,
    block,
  ]);
}
