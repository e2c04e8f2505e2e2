import { blockedDomain } from '../graph/graph-builder.js';
import {
  channelsFirst,
  isFull,
  lowered,
  loweredConstant,
  type Lowered,
} from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { fromMemoryOrder, memoryOrder } from '../lowering/memory-order.js';
import type { OutputInfo } from '../recording/value.js';
import { dtypeOf, inputOf, recording, type Recorder, type Recorders } from './recorder.js';
import { axisTaps, nearestSources, repeatFactor, type ResizeMode } from './resize-axis.js';
import { lowerResizeGradient } from './resize-gradient.js';
import { lowerRanges } from './slicing.js';

// Resizes of NHWC maps.

function modeOf(
  method: ResizeMode['method'],
  { alignCorners, halfPixelCenters }: Readonly<Record<string, unknown>>,
): ResizeMode {
  return {
    method,
    alignCorners: alignCorners === true,
    halfPixelCenters: halfPixelCenters === true,
  };
}

function resize(op: string, method: ResizeMode['method']): Recorder {
  return (inputs, attrs) => {
    const images = inputOf(inputs, 'images');
    const [n = 1, , , c = 1] = images.shape;
    const [height = 1, width = 1] = attrs['size'] as number[];
    const dtype = method === 'bilinear' ? 'float32' : dtypeOf(images);
    if (dtype === 'bool') return null;
    const mode = modeOf(method, attrs);
    return recording(op, [images], [n, height, width, c], dtype, { ...mode });
  };
}

function gradient(op: string, method: ResizeMode['method']): Recorder {
  return (inputs, attrs) => {
    const [dy, images] = [inputOf(inputs, 'dy'), inputOf(inputs, 'images')];
    if (dy.dtype !== 'float32') return null;
    return recording(op, [dy], images.shape, 'float32', { ...modeOf(method, attrs) });
  };
}

/**
 * Recorders of resizes and their gradients, which are exact for half-pixel centres too, where tfjs-backend-cpu's are those
 * of another resize.
 */
export const resizingRecorders: Recorders = {
  ResizeBilinear: resize('ResizeBilinear', 'bilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor', 'nearest'),
  ResizeBilinearGrad: gradient('ResizeBilinearGrad', 'bilinear'),
  ResizeNearestNeighborGrad: gradient('ResizeNearestNeighborGrad', 'nearest'),
};

function onnxMode({ alignCorners, halfPixelCenters }: ResizeMode): string {
  return alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
}

/** Whole factors by which rows and columns grow; `undefined` if they do not. */
function growth(x: Lowered, { shape }: OutputInfo): readonly [number, number] | undefined {
  const rows = (shape[1] ?? 1) / (x.shape[1] ?? 1);
  const columns = (shape[2] ?? 1) / (x.shape[2] ?? 1);
  return Number.isInteger(rows) && Number.isInteger(columns) ? [rows, columns] : undefined;
}

/** Upsampling of a map in blocks, which stays so. */
function upsampleBlocks(
  context: LoweringContext,
  x: Lowered,
  output: OutputInfo,
  mode: ResizeMode,
  [rows, columns]: readonly [number, number],
): Lowered {
  const bilinear = mode.method === 'bilinear';
  const tensor = context.graph.emit(
    'Upsample',
    [context.tensor(x, 'blocked')],
    {
      scales: [1, 1, rows, columns],
      mode: bilinear ? 'linear' : 'nearest',
      coordinate_transformation_mode: bilinear ? onnxMode(mode) : undefined,
    },
    blockedDomain,
  );
  return lowered(tensor, output, 'blocked');
}

function emitResize(
  context: LoweringContext,
  x: string,
  output: OutputInfo,
  attributes: Readonly<Record<string, string>>,
): Lowered {
  const sizes = context.graph.integers(channelsFirst(output.shape));
  return lowered(context.graph.emit('Resize', [x, '', '', sizes], attributes), output, 'nchw');
}

function isBlocked(x: Lowered): boolean {
  return x.layout === 'blocked' && isFull(x);
}

const bilinear: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const mode = attributes as unknown as ResizeMode;
  const factors = growth(x, output);
  if (isBlocked(x) && factors !== undefined) {
    return upsampleBlocks(context, x, output, mode, factors);
  }
  const map = context.cast(context.tensor(x, 'nchw'), x.dtype, 'float32');
  return emitResize(context, map, output, {
    mode: 'linear',
    coordinate_transformation_mode: onnxMode(mode),
  });
};

/** Which pixel is the nearest is computed here, as tfjs does; ONNX Runtime's rounding finds others. */
const nearest: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  if (x.constant !== undefined) return loweredConstant(x.constant, output);
  const mode = attributes as unknown as ResizeMode;
  const sources = [1, 2].map((axis) =>
    nearestSources(axisTaps(x.shape[axis] ?? 1, output.shape[axis] ?? 1, mode)),
  );
  const [rows, columns] = sources.map((list, i) => repeatFactor(x.shape[i + 1] ?? 1, list));
  if (rows !== undefined && columns !== undefined) {
    if (isBlocked(x)) return upsampleBlocks(context, x, output, mode, [rows, columns]);
    return emitResize(context, context.tensor(x, 'nchw'), output, {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  }
  return sources.reduce((map, list, i) => pick(context, map, i + 1, list), x);
};

/** Picks rows or columns; evenly spaced ones as a range. */
function pick(
  context: LoweringContext,
  x: Lowered,
  axis: number,
  sources: readonly number[],
): Lowered {
  const shape = x.shape.map((length, i) => (i === axis ? sources.length : length));
  const [first = 0, second = first + 1] = sources;
  const step = second - first;
  if (step > 0 && sources.every((source, i) => source === first + i * step)) {
    const along = (value: number, other: number): number[] =>
      shape.map((_, i) => (i === axis ? value : other));
    return lowerRanges(context, x, { start: along(first, 0), size: shape, step: along(step, 1) });
  }
  const order = memoryOrder(context, x, true);
  const places = context.graph.constant(sources, [sources.length], 'int32');
  const tensor = context.graph.emit('Gather', [order.tensor, places], {
    axis: order.axes[axis] ?? 0,
  });
  return fromMemoryOrder(context, order, tensor, { shape, dtype: x.dtype });
}

const resizeGradient: Lowering = ({ outputs: [output], attributes }, [dy], context) =>
  output === undefined || dy === undefined
    ? []
    : lowerResizeGradient(context, dy, output, attributes as unknown as ResizeMode);

/** Lowerings of resizes and their gradients. */
export const resizingLowerings: Lowerings = {
  ResizeBilinear: bilinear,
  ResizeNearestNeighbor: nearest,
  ResizeBilinearGrad: resizeGradient,
  ResizeNearestNeighborGrad: resizeGradient,
};
