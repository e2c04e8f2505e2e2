import { backend_util } from '@tensorflow/tfjs-core';

import type { Size } from '../tensor/size.js';
import type { KernelCall, SeenTensor } from './record-kernels.js';

/** First and last index along an axis; may lie outside of the map, where padding would be. */
type Interval = readonly [first: number, last: number];

/** Rows or columns of `[batch, height, width, channels]`. */
export type Axis = 1 | 2;

/** Of which input a kernel's output is made, and of which of its rows or columns; `null` for a kernel unlike that. */
type Reach = (call: KernelCall, axis: Axis, range: Interval) => readonly [string, Interval] | null;

/** Neighbouring output pixels that are looked at: strides beyond this are not usual. */
const phases = 64;

/**
 * The receptive field: how many rows and columns of the image a logit depends on at most, away from the borders. Found by
 * following the kernels of a forward pass from a pixel back to the image, so that it holds for networks of any parts.
 * @param calls - As `recordKernels` lists them, of a pass without batch statistics.
 */
export function receptiveField(
  calls: readonly KernelCall[],
  image: SeenTensor,
  logits: SeenTensor,
): Size {
  const along = (axis: Axis): number => {
    const middle = Math.floor((logits.shape[axis] ?? 1) / 2);
    const lengths = Array.from({ length: phases }, (_, phase) => {
      const ranges = follow(calls, axis, logits.id, [middle + phase, middle + phase]);
      const [first, last] = ranges.get(image.id) ?? [0, -1];
      return last - first + 1;
    });
    return Math.max(...lengths);
  };
  return { height: along(1), width: along(2) };
}

/** By tensor: the hull of what a range of one tensor depends on. */
export function follow(
  calls: readonly KernelCall[],
  axis: Axis,
  from: number,
  range: Interval,
): ReadonlyMap<number, Interval> {
  const ranges = new Map<number, Interval>([[from, range]]);
  for (const call of calls.toReversed()) {
    for (const output of call.outputs) {
      const wanted = ranges.get(output.id);
      if (wanted === undefined) continue;
      for (const [input, needed] of inputsOf(call, axis, output, wanted)) {
        const known = ranges.get(input.id) ?? needed;
        ranges.set(input.id, [Math.min(known[0], needed[0]), Math.max(known[1], needed[1])]);
      }
    }
  }
  return ranges;
}

function inputsOf(
  call: KernelCall,
  axis: Axis,
  output: SeenTensor,
  range: Interval,
): readonly (readonly [SeenTensor, Interval])[] {
  const reached = reaches[call.name]?.(call, axis, range);
  if (reached != null) {
    const [name, interval] = reached;
    const input = call.inputs[name];
    return input === undefined ? [] : [[input, interval]];
  }
  return Object.values(call.inputs).flatMap((input): [SeenTensor, Interval][] => {
    if (input.shape.length !== 4) return [];
    const length = input.shape[axis] ?? 1;
    // Kernels that keep the size are taken for element-wise; of what changes it otherwise, everything may matter.
    return [[input, length === output.shape[axis] ? range : [0, length - 1]]];
  });
}

function convOf(call: KernelCall): backend_util.Conv2DInfo | null {
  const { x, filter } = call.inputs;
  const { strides, pad, dilations = 1, dimRoundingMode } = call.attributes;
  if (x === undefined || filter === undefined) return null;
  return backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides as number,
    dilations as number,
    pad as 'same',
    dimRoundingMode as undefined,
    call.name === 'DepthwiseConv2dNative',
  );
}

const conv: Reach = (call, axis, range) => {
  const info = convOf(call);
  return info === null ? null : ['x', windowed(info, axis, range)];
};

function poolOf(call: KernelCall): backend_util.Conv2DInfo | null {
  const { x } = call.inputs;
  const { filterSize, strides, pad, dimRoundingMode } = call.attributes;
  if (x === undefined) return null;
  return backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad as 'same',
    dimRoundingMode as undefined,
  );
}

const pool: Reach = (call, axis, range) => {
  const info = poolOf(call);
  return info === null ? null : ['x', windowed(info, axis, range)];
};

function windowed(info: backend_util.Conv2DInfo, axis: Axis, [first, last]: Interval): Interval {
  const { stride, before, reach } = windowOf(info, axis);
  return [first * stride - before, last * stride - before + reach];
}

function windowOf(
  info: backend_util.Conv2DInfo,
  axis: Axis,
): { stride: number; before: number; reach: number } {
  const { padInfo } = info;
  return axis === 1
    ? {
        stride: info.strideHeight,
        before: padInfo.top,
        reach: (info.filterHeight - 1) * info.dilationHeight,
      }
    : {
        stride: info.strideWidth,
        before: padInfo.left,
        reach: (info.filterWidth - 1) * info.dilationWidth,
      };
}

/** The input's gradient of a convolution, which is the transposed convolution. */
function transposedOf(call: KernelCall): backend_util.Conv2DInfo | null {
  const { dy, filter } = call.inputs;
  const { inputShape, strides, pad, dimRoundingMode } = call.attributes;
  if (dy === undefined || filter === undefined) return null;
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides as number,
    1,
    pad as 'same',
    dimRoundingMode as undefined,
  );
}

const transposed: Reach = (call, axis, [first, last]) => {
  const info = transposedOf(call);
  if (info === null) return null;
  const { stride, before, reach } = windowOf(info, axis);
  return [
    'dy',
    [Math.ceil((first + before - reach) / stride), Math.floor((last + before) / stride)],
  ];
};

/** The stride of a convolution, a transposed one or a pooling; `null` for other kernels. */
export function strideOf(call: KernelCall, axis: Axis): number | null {
  const infoOf = geometries[call.name];
  const info = infoOf?.(call) ?? null;
  return info === null ? null : windowOf(info, axis).stride;
}

const geometries: Readonly<Record<string, (call: KernelCall) => backend_util.Conv2DInfo | null>> = {
  Conv2D: convOf,
  FusedConv2D: convOf,
  DepthwiseConv2dNative: convOf,
  MaxPool: poolOf,
  AvgPool: poolOf,
  Conv2DBackpropInput: transposedOf,
};

/** Each resized pixel lies between two of the original, or on one. */
const bilinear: Reach = (call, axis, [first, last]) => {
  const { images } = call.inputs;
  const { alignCorners, halfPixelCenters } = call.attributes;
  const [length, resized] = [images?.shape[axis] ?? 1, call.outputs[0]?.shape[axis] ?? 1];
  const source = (i: number): number => {
    if (alignCorners === true) return resized === 1 ? 0 : (i * (length - 1)) / (resized - 1);
    return halfPixelCenters === true
      ? ((i + 0.5) * length) / resized - 0.5
      : (i * length) / resized;
  };
  return ['images', [Math.floor(source(first)), Math.ceil(source(last))]];
};

/** Each pixel is one of the original's. */
const nearest =
  (input: string): Reach =>
  (call, axis, [first, last]) => {
    const length = call.inputs[input]?.shape[axis] ?? 1;
    const scale = length / (call.outputs[0]?.shape[axis] ?? 1);
    return [input, [Math.floor(first * scale), Math.floor(last * scale)]];
  };

const shifted = (range: Interval, by: number): Interval => [range[0] + by, range[1] + by];

const pad: Reach = ({ attributes }, axis, range) => {
  const paddings = attributes['paddings'] as readonly (readonly number[])[];
  return ['x', shifted(range, -(paddings[axis]?.[0] ?? 0))];
};

const slice: Reach = ({ attributes }, axis, range) => {
  const begin = attributes['begin'] as readonly number[];
  return ['x', shifted(range, begin[axis] ?? 0)];
};

const reaches: Readonly<Record<string, Reach>> = {
  Conv2D: conv,
  FusedConv2D: conv,
  DepthwiseConv2dNative: conv,
  MaxPool: pool,
  AvgPool: pool,
  Conv2DBackpropInput: transposed,
  ResizeBilinear: bilinear,
  ResizeNearestNeighbor: nearest('images'),
  PadV2: pad,
  MirrorPad: pad,
  Slice: slice,
  GatherV2: (call, axis, range) =>
    call.attributes['axis'] === axis ? nearest('x')(call, axis, range) : ['x', range],
  // The blocks of a dilated convolution: rows that lie a dilation apart.
  SpaceToBatchND: ({ attributes }, axis, [first, last]) => {
    const [block, before] = blockOf(attributes, 'paddings', axis);
    return ['x', [first * block - before, last * block + block - 1 - before]];
  },
  BatchToSpaceND: ({ attributes }, axis, [first, last]) => {
    const [block, cropped] = blockOf(attributes, 'crops', axis);
    return ['x', [Math.floor((first + cropped) / block), Math.floor((last + cropped) / block)]];
  },
};

function blockOf(
  attributes: KernelCall['attributes'],
  sides: 'paddings' | 'crops',
  axis: Axis,
): readonly [block: number, before: number] {
  const blocks = attributes['blockShape'] as readonly number[];
  const amounts = attributes[sides] as readonly (readonly number[])[];
  return [blocks[axis - 1] ?? 1, amounts[axis - 1]?.[0] ?? 0];
}
