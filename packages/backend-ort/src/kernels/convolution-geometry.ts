import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';

import type { KernelAttributes } from '../recording/value.js';

/** How a window moves over a map, in pixels; in the order of ONNX's attributes. */
export interface Geometry {
  /** Height and width of the window. */
  readonly kernel: readonly [number, number];
  /** Zeros at the top, left, bottom and right. Not negative. */
  readonly pads: readonly [number, number, number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

type Shape4D = [number, number, number, number];

/**
 * Geometry and output shape of a convolution, as tfjs's attributes tell it.
 * @returns `null` where the map is not NHWC.
 */
export function convolutionGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap,
  depthwise = false,
): { readonly geometry: Geometry; readonly outShape: number[] } | null {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
  if (dataFormat !== undefined && dataFormat !== 'NHWC') return null;
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides as number,
    (dilations ?? 1) as number,
    pad as 'same',
    dimRoundingMode as 'floor',
    depthwise,
  );
  const { top, left, bottom, right } = info.padInfo;
  return {
    geometry: {
      kernel: [info.filterHeight, info.filterWidth],
      pads: [top, left, bottom, right],
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
    },
    outShape: info.outShape,
  };
}

/** Geometry and output shape of a pooling. */
export function poolGeometry(
  inputShape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: NamedAttrMap,
): { readonly geometry: Geometry; readonly outShape: number[] } {
  const info = backend_util.computePool2DInfo(
    inputShape as Shape4D,
    filterSize as number,
    strides as number,
    1,
    pad as 'same',
    dimRoundingMode as 'floor',
  );
  const { top, left, bottom, right } = info.padInfo;
  return {
    geometry: {
      kernel: [info.filterHeight, info.filterWidth],
      pads: [top, left, bottom, right],
      strides: [info.strideHeight, info.strideWidth],
      dilations: [1, 1],
    },
    outShape: info.outShape,
  };
}

/** The geometry that a kernel was recorded with. */
export function geometryOf(attributes: KernelAttributes | undefined): Geometry {
  return attributes?.['geometry'] as Geometry;
}

/** A geometry as the attributes of ONNX's `Conv` and its kin. */
export function convolutionAttributes({ kernel, pads, strides, dilations }: Geometry): {
  kernel_shape: readonly number[];
  pads: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
} {
  return { kernel_shape: kernel, pads, strides, dilations };
}

/** Rows and columns at the end of a map that no window reached, when windows over it gave a map of `windows`. */
export function unreached(
  { kernel, pads, strides, dilations }: Geometry,
  [, rows = 1, columns = 1]: readonly number[],
  [, windowRows = 1, windowColumns = 1]: readonly number[],
): [rows: number, columns: number] {
  const rest = (axis: 0 | 1, length: number, count: number, padding: number): number => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    return length - ((count - 1) * strides[axis] + reach - padding);
  };
  return [
    rest(0, rows, windowRows, pads[0] + pads[2]),
    rest(1, columns, windowColumns, pads[1] + pads[3]),
  ];
}
