import { slice_util, util } from '@tensorflow/tfjs-core';

import { sameShape, sizeOf } from '../graph/shape.js';
import { channelsFirst, isFull, lowered, type Layout, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import { dtypeOf, inputList, inputOf, recording, type Recorders } from './recorder.js';

// Kernels that move numbers and change none.

/** Recorders of kernels that move numbers. */
export const shapingRecorders: Recorders = {
  Transpose: (inputs, { perm }) => {
    const x = inputOf(inputs, 'x');
    const permutation = perm as number[];
    const shape = permutation.map((axis) => x.shape[axis] ?? 1);
    return recording('Transpose', [x], shape, dtypeOf(x), { permutation });
  },
  Concat: (inputs, { axis }) => {
    const parts = inputList(inputs).filter(({ shape }) => sizeOf(shape) > 0);
    const [first] = parts;
    if (first === undefined) return null;
    const at = util.parseAxisParam(axis as number, first.shape)[0] ?? 0;
    const shape = [...first.shape];
    shape[at] = parts.reduce((sum, part) => sum + (part.shape[at] ?? 0), 0);
    return recording('Concat', parts, shape, dtypeOf(first), { axis: at });
  },
  Pack: (inputs, { axis }) => {
    const parts = inputList(inputs);
    const [first] = parts;
    if (first === undefined) return null;
    const at = Number(axis) < 0 ? Number(axis) + first.shape.length + 1 : Number(axis);
    const shape = [...first.shape.slice(0, at), parts.length, ...first.shape.slice(at)];
    return recording('Pack', parts, shape, dtypeOf(first), { axis: at });
  },
  Slice: (inputs, { begin, size }) => {
    const x = inputOf(inputs, 'x');
    const [start, lengths] = slice_util.parseSliceParams(
      x as never,
      begin as number[],
      size as number[],
    ) as [number[], number[]];
    slice_util.assertParamsValid(x as never, start, lengths);
    return recording('Slice', [x], lengths, dtypeOf(x), { start });
  },
  PadV2: (inputs, { paddings, constantValue }) => {
    const x = inputOf(inputs, 'x');
    if (x.dtype === 'bool') return null;
    const pads = paddings as [number, number][];
    const shape = x.shape.map((length, i) => length + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0));
    return recording('PadV2', [x], shape, dtypeOf(x), { pads, value: String(constantValue) });
  },
  Tile: (inputs, { reps }) => {
    const x = inputOf(inputs, 'x');
    const repeats = reps as number[];
    const shape = x.shape.map((length, i) => length * (repeats[i] ?? 1));
    return recording('Tile', [x], shape, dtypeOf(x), { repeats });
  },
  BroadcastTo: (inputs, { shape }) => {
    const x = inputOf(inputs, 'x');
    return recording('BroadcastTo', [x], shape as number[], dtypeOf(x));
  },
};

const reshape: Lowering = ({ outputs: [output] }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  return reshaped(context, x, output);
};

/** A value with another shape; maps of one row and column, and vectors, keep their layout. */
export function reshaped(context: LoweringContext, x: Lowered, output: OutputInfo): Lowered {
  const { shape, dtype } = output;
  if (sameShape(x.shape, shape)) return x;
  if (x.constant !== undefined) {
    return { ...x, shape, extent: shape.map(() => 1), tensors: new Map() };
  }
  if (sizeOf(x.extent) === 1) {
    const ones = shape.map(() => 1);
    return lowered(context.reshape(context.compact(x, x.layout), ones), output, 'plain', ones);
  }
  if (isFull(x) && x.layout !== 'plain' && isSingleSpot(x.shape)) {
    // [n, 1, 1, c] lies as [n, c, 1, 1].
    return lowered(context.reshape(context.tensor(x, 'nchw'), shape), { shape, dtype });
  }
  return lowered(context.reshape(context.tensor(x, 'plain'), shape), { shape, dtype });
}

function isSingleSpot(shape: readonly number[]): boolean {
  return shape.length === 4 && shape[1] === 1 && shape[2] === 1;
}

/** How the axes of a value come in a layout. */
export function axisOrder(rank: number, layout: Layout): readonly number[] {
  return rank === 4 && layout !== 'plain'
    ? [0, 3, 1, 2]
    : Array.from({ length: rank }, (_, axis) => axis);
}

/** The layout in which to move a value's numbers: as it lies, but not in blocks. */
export function movableLayout({ shape, layout }: Lowered): Layout {
  return shape.length === 4 && layout !== 'plain' ? 'nchw' : 'plain';
}

const concat: Lowering = ({ outputs: [output], attributes }, inputs, context) => {
  if (output === undefined) return [];
  const axis = Number(attributes?.['axis']);
  const { graph } = context;
  const channels = inputs.map(({ shape }) => shape[3] ?? 0);
  const isMap = output.shape.length === 4 && inputs.some(({ layout }) => layout !== 'plain');
  if (!isMap) {
    return lowered(
      graph.emit('Concat', inputs.map((x) => context.tensor(x)), { axis }),
      output,
    );
  }
  const first = [0, 2, 3, 1][axis] ?? 0;
  // Blocks of channels follow one another as channels do.
  const blocked =
    (axis === 3 || axis === 0) &&
    context.blocks(...channels) &&
    inputs.every(({ dtype }) => dtype === 'float32') &&
    inputs.some(({ layout }) => layout === 'blocked');
  const layout = blocked ? 'blocked' : 'nchw';
  const tensors = inputs.map((x) => context.tensor(x, layout));
  return lowered(graph.emit('Concat', tensors, { axis: first }), output, layout);
};

const pack: Lowering = ({ outputs: [output], attributes }, inputs, context) => {
  if (output === undefined) return [];
  const axis = Number(attributes?.['axis']);
  const thin = output.shape.map((length, i) => (i === axis ? 1 : length));
  const parts = inputs.map((x) => context.reshape(context.tensor(x), thin));
  return lowered(context.graph.emit('Concat', parts, { axis }), output);
};

/** Cuts a range out of every axis that is not taken whole. */
export function sliceTensor(
  context: LoweringContext,
  tensor: string,
  lengths: readonly number[],
  start: readonly number[],
  size: readonly number[],
): string {
  const axes = lengths.flatMap((length, axis) =>
    start[axis] === 0 && size[axis] === length ? [] : [axis],
  );
  if (axes.length === 0) return tensor;
  const { graph } = context;
  const pick = (values: readonly number[]): number[] => axes.map((axis) => values[axis] ?? 0);
  return graph.emit('Slice', [
    tensor,
    graph.integers(pick(start)),
    graph.integers(pick(size.map((length, axis) => length + (start[axis] ?? 0)))),
    graph.integers(axes),
  ]);
}

const slice: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const start = attributes?.['start'] as readonly number[];
  const { blockSize } = context.target;
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const [, , , channels = 0] = output.shape;
  const wholeBlocks =
    x.layout === 'blocked' &&
    isFull(x) &&
    context.blocks(channels) &&
    (start[3] ?? 0) % blockSize === 0 &&
    output.shape[1] === h &&
    output.shape[2] === w;
  if (wholeBlocks) {
    const tensor = sliceTensor(
      context,
      context.tensor(x, 'blocked'),
      [n, c, h, w],
      [start[0] ?? 0, start[3] ?? 0, 0, 0],
      channelsFirst(output.shape),
    );
    return lowered(tensor, output, 'blocked');
  }
  const layout = movableLayout(x);
  const order = axisOrder(x.shape.length, layout);
  const inOrder = (values: readonly number[]): number[] => order.map((axis) => values[axis] ?? 0);
  return lowered(
    sliceTensor(
      context,
      context.tensor(x, layout),
      inOrder(x.shape),
      inOrder(start),
      inOrder(output.shape),
    ),
    output,
    layout,
  );
};

const pad: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const pads = attributes?.['pads'] as readonly (readonly [number, number])[];
  const layout = movableLayout(x);
  const order = axisOrder(x.shape.length, layout);
  const side = (i: 0 | 1): number[] => order.map((axis) => pads[axis]?.[i] ?? 0);
  const { graph } = context;
  const tensor = graph.emit('Pad', [
    context.tensor(x, layout),
    graph.integers([...side(0), ...side(1)]),
    graph.scalar(Number(attributes?.['value']), x.dtype),
  ]);
  return lowered(tensor, output, layout);
};

const transpose: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const permutation = attributes?.['permutation'] as readonly number[];
  return lowered(context.transpose(context.tensor(x), permutation), output);
};

/** A value repeated along axes of length 1 is kept once. */
function broadcast(x: Lowered, output: OutputInfo, context: LoweringContext): Lowered {
  if (x.constant !== undefined) return { ...x, shape: output.shape, extent: output.shape.map(() => 1) };
  const extent = [
    ...new Array<number>(output.shape.length - x.extent.length).fill(1),
    ...x.extent,
  ];
  if (x.extent.length === output.shape.length) {
    return { ...x, shape: output.shape, extent };
  }
  return lowered(context.reshape(context.compact(x), extent), output, 'plain', extent);
}

const tile: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const repeats = attributes?.['repeats'] as readonly number[];
  if (x.shape.every((length, axis) => length === 1 || repeats[axis] === 1)) {
    return broadcast(x, output, context);
  }
  return lowered(
    context.graph.emit('Tile', [context.tensor(x), context.graph.integers(repeats)]),
    output,
  );
};

/** Lowerings of kernels that move numbers. */
export const shapingLowerings: Lowerings = {
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Pack: pack,
  Slice: slice,
  PadV2: pad,
  Tile: tile,
  BroadcastTo: ({ outputs: [output] }, [x], context) =>
    output === undefined || x === undefined ? [] : broadcast(x, output, context),
};
