import { follow, strideOf, type Axis } from './receptive-field.js';
import type { KernelCall, SeenTensor } from './record-kernels.js';

/** What happens to a network's logits when its image is moved. */
export interface Translation {
  /** Pixels by which the image must move for the logits to move along unchanged: the least common multiple of strides. */
  readonly period: number;
  /** Most rows (or columns) of the image above (left of) its own that a logit depends on. */
  readonly before: number;
  /** Most rows (or columns) below (right of) its own that a logit depends on. */
  readonly after: number;
  /**
   * Whether the logits do move along: false where a map is resized by a factor that is not whole, corner to corner, or where
   * something looks at the whole map.
   */
  readonly exact: boolean;
}

/** Neighbouring logits that are looked at. */
const phases = 64;

/**
 * How a network of any parts treats a moved image, found by following the kernels of a forward pass.
 * @param calls - As `recordKernels` lists them, of a pass without batch statistics.
 */
export function translation(
  calls: readonly KernelCall[],
  image: SeenTensor,
  logits: SeenTensor,
): Translation {
  const axes = ([1, 2] as const).map((axis) => along(calls, axis, image, logits));
  return {
    period: axes.reduce((period, axis) => leastCommonMultiple(period, axis.period), 1),
    before: Math.max(...axes.map(({ before }) => before)),
    after: Math.max(...axes.map(({ after }) => after)),
    exact: axes.every(({ exact }) => exact),
  };
}

function along(
  calls: readonly KernelCall[],
  axis: Axis,
  image: SeenTensor,
  logits: SeenTensor,
): Translation {
  const [length, own] = [image.shape[axis] ?? 1, logits.shape[axis] ?? 1];
  // Logits that are fewer than the pixels belong to the middle of the image.
  const offset = Math.floor((length - own) / 2);
  let [before, after] = [0, 0];
  for (let phase = 0; phase < phases; phase++) {
    const at = Math.floor(own / 2) + phase;
    const range = follow(calls, axis, logits.id, [at, at]).get(image.id);
    if (range === undefined) continue;
    before = Math.max(before, at + offset - range[0]);
    after = Math.max(after, range[1] - at - offset);
  }
  return { before, after, period: periodAlong(calls, axis, image), exact: isExact(calls, axis) };
}

/** Follows the stride of every map against the image; padding, cropping and element-wise kernels keep it. */
function periodAlong(calls: readonly KernelCall[], axis: Axis, image: SeenTensor): number {
  const strides = new Map<number, number>([[image.id, 1]]);
  let period = 1;
  for (const call of calls) {
    const known = Object.values(call.inputs).flatMap(({ id }) => strides.get(id) ?? []);
    if (known.length === 0) continue;
    const stride = Math.max(...known) * strideFactor(call, axis);
    for (const { id } of call.outputs) strides.set(id, stride);
    period = leastCommonMultiple(period, Math.max(1, Math.round(stride)));
  }
  return period;
}

/** By what a kernel multiplies the stride of its input. */
function strideFactor(call: KernelCall, axis: Axis): number {
  const stride = strideOf(call, axis);
  if (stride !== null) return call.name === 'Conv2DBackpropInput' ? 1 / stride : stride;
  const [from, to] = resized(call, axis);
  return to >= from ? 1 / Math.round(to / from) : Math.round(from / to);
}

/** Lengths of an axis before and after a kernel that resizes it; the same for all other kernels. */
function resized(call: KernelCall, axis: Axis): readonly [from: number, to: number] {
  const input = call.inputs['images'] ?? call.inputs['x'];
  const resizes =
    call.name === 'ResizeBilinear' ||
    call.name === 'ResizeNearestNeighbor' ||
    (call.name === 'GatherV2' && call.attributes['axis'] === axis);
  const [from, to] = [input?.shape[axis], call.outputs[0]?.shape[axis]];
  return resizes && from !== undefined && to !== undefined ? [from, to] : [1, 1];
}

function isExact(calls: readonly KernelCall[], axis: Axis): boolean {
  return calls.every((call) => {
    const [from, to] = resized(call, axis);
    if (from !== to && call.attributes['alignCorners'] === true) return false;
    if (from % to !== 0 && to % from !== 0) return false;
    return !looksAtAll(call, axis);
  });
}

/** Kernels whose change of size is understood. */
const understood = new Set([
  ...['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'Conv2DBackpropInput'],
  ...['MaxPool', 'AvgPool', 'ResizeBilinear', 'ResizeNearestNeighbor', 'GatherV2'],
  ...['PadV2', 'MirrorPad', 'Slice', 'SpaceToBatchND', 'BatchToSpaceND'],
]);

/** Whether a kernel makes of a map something of another size in a way that is not known, such as a mean over it. */
function looksAtAll({ name, inputs, outputs }: KernelCall, axis: Axis): boolean {
  if (understood.has(name)) return false;
  const maps = Object.values(inputs).filter(
    ({ shape }) => shape.length === 4 && (shape[1] ?? 1) * (shape[2] ?? 1) > 1,
  );
  return maps.some(({ shape }) => outputs.some((output) => output.shape[axis] !== shape[axis]));
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a * b) / divisor(a, b);
}
