import type { Dtype } from '../graph/dtype.js';
import { sameShape } from '../graph/shape.js';

/**
 * How a value lies in memory. tfjs's maps are NHWC, ONNX's operators want NCHW, and ONNX Runtime's fastest convolutions
 * want channels in blocks:
 * - `plain`: in the order of its shape;
 * - `nchw`: a map `[n, h, w, c]` with channels before rows;
 * - `blocked`: a map as `[n, c / block, h, w, block]`; ONNX Runtime calls its shape `[n, c, h, w]`.
 */
export type Layout = 'plain' | 'nchw' | 'blocked';

/** What a value became in the graph. */
export interface Lowered {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Lengths in memory: as `shape`, but 1 on axes along which all numbers are equal and only one is kept. */
  readonly extent: readonly number[];
  /** The layout it was computed in. */
  readonly layout: Layout;
  /** The tensor's name, by layout; conversions are added as they are made. Empty for a constant. */
  readonly tensors: Map<Layout, string>;
  /** The number that every element is, if known when the graph is built. */
  readonly constant?: number;
}

/** A value that is a tensor of the graph. */
export function lowered(
  name: string,
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: Dtype },
  layout: Layout = 'plain',
  extent: readonly number[] = shape,
): Lowered {
  return { shape, dtype, extent, layout, tensors: new Map([[layout, name]]) };
}

/** A value all of whose elements are one known number. */
export function loweredConstant(
  constant: number,
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: Dtype },
): Lowered {
  return {
    shape,
    dtype,
    extent: shape.map(() => 1),
    layout: 'plain',
    tensors: new Map(),
    constant,
  };
}

/** Whether every element lies in memory. */
export function isFull({ shape, extent, constant }: Lowered): boolean {
  return constant === undefined && sameShape(shape, extent);
}

/** `[n, h, w, c]` as `[n, c, h, w]`. */
export function channelsFirst(shape: readonly number[]): number[] {
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  return [n, c, h, w];
}
