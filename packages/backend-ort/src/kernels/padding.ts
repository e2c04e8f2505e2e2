import { loweredConstant, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import {
  byMemoryAxis,
  fromMemoryOrder,
  memoryOrder,
  type MemoryOrder,
} from '../lowering/memory-order.js';
import { dtypeOf, inputOf, recording, type Recorders } from './recorder.js';
import { emitRanges } from './slicing.js';

// Kernels that surround tensors with more numbers.

/** By axis: numbers added before and after. */
export type Pads = readonly (readonly [before: number, after: number])[];

function paddedShape(shape: readonly number[], pads: Pads): number[] {
  return shape.map((length, i) => length + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0));
}

/** Recorders of kernels that pad. Numbers are kept as texts: JSON, which tells recordings apart, has no infinity. */
export const paddingRecorders: Recorders = {
  PadV2: (inputs, { paddings, constantValue }) => {
    const x = inputOf(inputs, 'x');
    const pads = paddings as [number, number][];
    const value = String(Number(constantValue));
    return recording('PadV2', [x], paddedShape(x.shape, pads), dtypeOf(x), { pads, value });
  },
  MirrorPad: (inputs, { paddings, mode }) => {
    const x = inputOf(inputs, 'x');
    const pads = paddings as [number, number][];
    return recording('MirrorPad', [x], paddedShape(x.shape, pads), dtypeOf(x), { pads, mode });
  },
};

function isUntouched(pads: Pads): boolean {
  return pads.every(([before, after]) => before === 0 && after === 0);
}

/** Whether blocks of channels stay as they are. */
function keepsChannels(pads: Pads): boolean {
  return pads[3]?.[0] === 0 && pads[3][1] === 0;
}

function padsByMemoryAxis(order: MemoryOrder, pads: Pads): number[] {
  const side = (i: 0 | 1): number[] =>
    byMemoryAxis(
      order,
      pads.map((pair) => pair[i]),
      0,
    );
  return [...side(0), ...side(1)];
}

/** A value with numbers around it. */
export function lowerPad(context: LoweringContext, x: Lowered, pads: Pads, value = 0): Lowered {
  const output = { shape: paddedShape(x.shape, pads), dtype: x.dtype };
  if (isUntouched(pads)) return x;
  if (x.constant === value) return loweredConstant(value, output);
  const order = memoryOrder(context, x, keepsChannels(pads));
  const stored = x.dtype === 'float32' ? value : Math.trunc(value);
  const tensor = context.graph.emit('Pad', [
    order.tensor,
    context.graph.integers(padsByMemoryAxis(order, pads)),
    context.graph.scalar(stored, x.dtype),
  ]);
  return fromMemoryOrder(context, order, tensor, output);
}

const pad: Lowering = ({ attributes }, [x], context) =>
  x === undefined
    ? []
    : lowerPad(context, x, attributes?.['pads'] as Pads, Number(attributes?.['value']));

/** ONNX mirrors without the border; with it, the strips beside each border are turned round. */
function emitSymmetricPad(context: LoweringContext, order: MemoryOrder, pads: Pads): string {
  const lengths = [...order.lengths];
  return pads.reduce((tensor, [before, after], axis) => {
    const at = order.axes[axis] ?? 0;
    const length = lengths[at] ?? 0;
    const strip = (first: number, count: number): string[] => {
      const along = (values: readonly number[], value: number): number[] =>
        values.map((n, i) => (i === at ? value : n));
      const zeros = lengths.map(() => 0);
      const ones = lengths.map(() => 1);
      const ranges = {
        start: along(zeros, first),
        size: along(lengths, count),
        step: along(ones, -1),
      };
      return count === 0 ? [] : [emitRanges(context, tensor, lengths, ranges)];
    };
    const parts = [...strip(before - 1, before), tensor, ...strip(length - 1, after)];
    lengths[at] = length + before + after;
    return parts.length === 1 ? tensor : context.graph.emit('Concat', parts, { axis: at });
  }, order.tensor);
}

/** A value with its own numbers around it, mirrored at its border, which is repeated. */
export function lowerSymmetricPad(context: LoweringContext, x: Lowered, pads: Pads): Lowered {
  const output = { shape: paddedShape(x.shape, pads), dtype: x.dtype };
  if (isUntouched(pads)) return x;
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const order = memoryOrder(context, x, keepsChannels(pads));
  // A single row or column at the border is its own mirror image.
  const tensor = pads.every((pair) => Math.max(...pair) <= 1)
    ? emitPad(context, order, pads, 'edge')
    : emitSymmetricPad(context, order, pads);
  return fromMemoryOrder(context, order, tensor, output);
}

function emitPad(
  context: LoweringContext,
  order: MemoryOrder,
  pads: Pads,
  mode: 'edge' | 'reflect',
): string {
  const amounts = context.graph.integers(padsByMemoryAxis(order, pads));
  return context.graph.emit('Pad', [order.tensor, amounts], { mode });
}

const mirrorPad: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const pads = attributes?.['pads'] as Pads;
  if (attributes?.['mode'] === 'symmetric') return lowerSymmetricPad(context, x, pads);
  if (isUntouched(pads)) return x;
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const order = memoryOrder(context, x, keepsChannels(pads));
  return fromMemoryOrder(context, order, emitPad(context, order, pads, 'reflect'), output);
};

/** Lowerings of kernels that pad. */
export const paddingLowerings: Lowerings = { PadV2: pad, MirrorPad: mirrorPad };
