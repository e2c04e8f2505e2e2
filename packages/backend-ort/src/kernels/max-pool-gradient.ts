import { lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext } from '../lowering/lowering-context.js';
import { geometryOf, type Geometry } from './convolution-geometry.js';
import { padTensor } from './sliding-product.js';

/** The lowest float32: never a maximum. */
const lowest = -3.4028234663852886e38;

/** Sizes that {@link maxPoolGradientByPhases} computes with. */
interface Sizes {
  readonly images: number;
  /** Rows and columns of the pooled map. */
  readonly rows: number;
  readonly columns: number;
  readonly block: number;
  readonly stride: number;
}

/**
 * Whether the gradient can be computed phase by phase: blocks, a square window that is no smaller than its stride, and
 * as many pixels as the stride divides evenly.
 */
export function poolsByPhases(
  context: LoweringContext,
  [, rows = 1, columns = 1, channels = 1]: readonly number[],
  { kernel, strides, pads }: Geometry,
  [, pooledRows = 1, pooledColumns = 1]: readonly number[],
): boolean {
  const [stride, other] = strides;
  return (
    context.blocks(channels) &&
    stride === other &&
    stride > 1 &&
    kernel.every((length) => length >= stride && length <= 3) &&
    pads.every((pad) => pad <= 1) &&
    rows === pooledRows * stride &&
    columns === pooledColumns * stride
  );
}

/**
 * Gradient of a maximum over windows, in blocks: the pixels are divided by their place within the stride, and each place
 * of the window in turn takes what is left of the gradient where it equals the maximum. So it goes to the first of equal
 * numbers, as in tfjs.
 */
export const maxPoolGradientByPhases: Lowering = (
  { outputs: [output], attributes, inputs: values },
  [dy, x, y],
  context,
) => {
  if (output === undefined || dy === undefined || x === undefined || y === undefined) return [];
  const geometry = geometryOf(attributes);
  const [n = 1, , , channels = 1] = output.shape;
  const [, rows = 1, columns = 1] = values[0]?.shape ?? [];
  const block = context.target.blockSize;
  const [stride] = geometry.strides;
  const sizes = { images: (n * channels) / block, rows, columns, block, stride };
  const inOrder = [sizes.images, rows, columns * block];
  const pixels = splitPhases(context, context.tensor(x, 'blocked'), sizes);
  const maximum = context.reshape(context.tensor(y, 'blocked'), inOrder);
  const gradients = distribute(
    context,
    pixels,
    maximum,
    context.reshape(context.tensor(dy, 'blocked'), inOrder),
    geometry,
    sizes,
  );
  const [, height = 1, width = 1] = output.shape;
  const woven = context.reshape(joinPhases(context, gradients, sizes), [
    n,
    channels,
    height,
    width,
  ]);
  return lowered(woven, output, 'blocked');
};

/** The map by phase of the row and phase of the column, each `[images, rows, columns * block]`. */
function splitPhases(
  context: LoweringContext,
  map: string,
  { images, rows, columns, block, stride }: Sizes,
): string[][] {
  const cut = (tensor: string): readonly string[] =>
    context.graph.emitMany(
      'Split',
      [tensor],
      { axis: 1, num_outputs: stride },
      { outputs: stride },
    );
  const byRow = cut(context.reshape(map, [images * rows, stride, columns * stride * block]));
  return byRow.map((row) =>
    cut(context.reshape(row, [images * rows * columns, stride, block])).map((tensor) =>
      context.reshape(tensor, [images, rows, columns * block]),
    ),
  );
}

/** The reverse of {@link splitPhases}. */
function joinPhases(
  context: LoweringContext,
  phases: readonly (readonly string[])[],
  { images, rows, columns, block, stride }: Sizes,
): string {
  const join = (tensors: readonly string[], outer: number, inner: number): string =>
    context.graph.emit(
      'Concat',
      tensors.map((tensor) => context.reshape(tensor, [outer, 1, inner])),
      { axis: 1 },
    );
  const byRow = phases.map((row) => join(row, images * rows * columns, block));
  return join(byRow, images * rows, columns * stride * block);
}

function distribute(
  context: LoweringContext,
  pixels: readonly (readonly string[])[],
  maximum: string,
  gradient: string,
  { kernel, pads }: Geometry,
  sizes: Sizes,
): string[][] {
  const { graph } = context;
  const { stride, block } = sizes;
  const sums: (string | undefined)[][] = pixels.map((row) => row.map(() => undefined));
  const places = windowPlaces(kernel[0], pads[0], stride).flatMap((row) =>
    windowPlaces(kernel[1], pads[1], stride).map((column) => ({ row, column })),
  );
  let rest = gradient;
  places.forEach(({ row, column }, index) => {
    const shift = [row.shift, column.shift * block] as const;
    let share = rest;
    if (index < places.length - 1) {
      const phase = pixels[row.phase]?.[column.phase] ?? '';
      const seen = shiftMap(context, phase, shift, lowest);
      const isMaximum = graph.emit('Equal', [seen, maximum]);
      share = graph.emit('Where', [isMaximum, rest, graph.scalar(0)]);
      rest = graph.emit('Sub', [rest, share]);
    }
    const back = shiftMap(context, share, [-shift[0], -shift[1]], 0);
    const sum = sums[row.phase];
    if (sum === undefined) return;
    const known = sum[column.phase];
    sum[column.phase] = known === undefined ? back : graph.emit('Add', [known, back]);
  });
  return sums.map((row) => row.map((sum) => sum ?? ''));
}

/** For each row (or column) of a window: the phase that it lies in, and how many strides before the window's own. */
function windowPlaces(
  kernel: number,
  pad: number,
  stride: number,
): { readonly phase: number; readonly shift: number }[] {
  return Array.from({ length: kernel }, (_, place) => {
    const offset = place - pad;
    const phase = ((offset % stride) + stride) % stride;
    return { phase, shift: (phase - offset) / stride };
  });
}

/** Moves a map down and to the right; what comes in is `fill`. */
function shiftMap(
  context: LoweringContext,
  tensor: string,
  [down, right]: readonly [number, number],
  fill: number,
): string {
  if (down === 0 && right === 0) return tensor;
  if (fill === 0) return padTensor(context, tensor, [0, down, right], [0, -down, -right]);
  const { graph } = context;
  return graph.emit('Pad', [
    tensor,
    graph.integers([0, down, right, 0, -down, -right]),
    graph.scalar(fill),
  ]);
}
