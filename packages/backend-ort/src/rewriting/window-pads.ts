import type { Geometry } from '../kernels/convolution-geometry.js';
import type { OutputInfo, RecordedNode, Value } from '../recording/value.js';
import type { RewriteRule } from './rewrite.js';

// Programs pad maps and crop results because tfjs's window kernels know no symmetric padding. The windows of ONNX do.

type Sides = readonly [top: number, left: number, bottom: number, right: number];

interface PaddedValue {
  readonly source: Value;
  readonly sides: Sides;
  readonly value: number;
}

/** The map behind a padding of rows and columns. */
function paddingOf({ node }: Value): PaddedValue | undefined {
  const [source] = node?.inputs ?? [];
  if (node?.op !== 'PadV2' || source?.shape.length !== 4) return undefined;
  const pads = node.attributes?.['pads'] as readonly (readonly [number, number])[];
  const [batch = [0, 0], rows = [0, 0], columns = [0, 0], channels = [0, 0]] = pads;
  if ([...batch, ...channels].some((pad) => pad !== 0)) return undefined;
  const sides: Sides = [rows[0], columns[0], rows[1], columns[1]];
  return { source, sides, value: Number(node.attributes?.['value']) };
}

function withPads(node: RecordedNode, sides: Sides): { geometry: Geometry } {
  const geometry = node.attributes?.['geometry'] as Geometry;
  const [top, left, bottom, right] = geometry.pads;
  const pads = [top + sides[0], left + sides[1], bottom + sides[2], right + sides[3]] as const;
  return { ...node.attributes, geometry: { ...geometry, pads } };
}

/** A window over a padded map pads the map itself: with zeros for convolutions, with the lowest number for maxima. */
export const paddedWindow: RewriteRule = (node, scope) => {
  const { op, inputs, outputs } = node;
  const [x, ...others] = inputs;
  if (x === undefined) return undefined;
  const padding = paddingOf(x);
  if (padding === undefined) return undefined;
  const fits =
    op === 'Conv2D' || op === 'Conv2DBackpropFilter'
      ? padding.value === 0
      : op === 'MaxPool' && isLowest(padding.value) && smallerThanWindow(node, padding.sides);
  if (!fits) return undefined;
  return scope.make(op, [padding.source, ...others], withPads(node, padding.sides), outputs)[0];
};

function isLowest(value: number): boolean {
  return value <= -3.4028234663852886e38;
}

/** A window that saw nothing but padding would have no maximum. */
function smallerThanWindow(node: RecordedNode, [top, left, bottom, right]: Sides): boolean {
  const { kernel } = node.attributes?.['geometry'] as Geometry;
  return Math.max(top, bottom) < kernel[0] && Math.max(left, right) < kernel[1];
}

/** Rows and columns that a slice leaves out, if it takes whole batches and channels. */
function cropOf(node: RecordedNode): { source: Value; sides: Sides } | undefined {
  const [source] = node.inputs;
  const [output] = node.outputs;
  if (node.op !== 'Slice' || source?.shape.length !== 4 || output === undefined) return undefined;
  const start = node.attributes?.['start'] as readonly number[];
  const end = source.shape.map((length, i) => length - (start[i] ?? 0) - (output.shape[i] ?? 0));
  const [batch = 0, top = 0, left = 0, channels = 0] = start;
  const [lastBatch = 0, bottom = 0, right = 0, lastChannels = 0] = end;
  if (batch + channels + lastBatch + lastChannels !== 0) return undefined;
  return { source, sides: [top, left, bottom, right] };
}

/** A crop of a padded map is padded less. */
export const croppedPadding: RewriteRule = (node, scope) => {
  const crop = cropOf(node);
  const padding = crop && paddingOf(crop.source);
  if (crop === undefined || padding === undefined) return undefined;
  const sides = padding.sides.map((pad, i) => pad - (crop.sides[i] ?? 0));
  if (sides.some((pad) => pad < 0)) return undefined;
  if (sides.every((pad) => pad === 0)) return padding.source;
  const [top = 0, left = 0, bottom = 0, right = 0] = sides;
  const attributes = {
    pads: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value: String(padding.value),
  };
  return scope.make('PadV2', [padding.source], attributes, node.outputs)[0];
};

/**
 * A crop of an input gradient (or of a transposed convolution), perhaps grown by zeros first, is a gradient of a padded
 * input.
 */
export const croppedInputGradient: RewriteRule = (node, scope) => {
  const crop = cropOf(node);
  if (crop === undefined) return undefined;
  const padding = paddingOf(crop.source);
  const grown = padding?.value === 0 && scope.uses(crop.source) === 1 ? padding : undefined;
  const gradient = grown?.source ?? crop.source;
  const [dy, filter] = gradient.node?.inputs ?? [];
  if (gradient.node?.op !== 'Conv2DBackpropInput' || scope.uses(gradient) !== 1) return undefined;
  if (dy === undefined || filter === undefined) return undefined;
  const sides = crop.sides.map((cut, i) => cut - (grown?.sides[i] ?? 0));
  const [top = 0, left = 0, bottom = 0, right = 0] = sides;
  if (top < 0 || left < 0) return undefined;
  const attributes = withPads(gradient.node, [top, left, bottom, right]);
  return scope.make('Conv2DBackpropInput', [dy, filter], attributes, node.outputs)[0];
};

/** A crop of the gradient of a maximum over a padded map. */
export const croppedPoolGradient: RewriteRule = (node, scope) => {
  const crop = cropOf(node);
  const gradient = crop?.source;
  const [dy, x, y] = gradient?.node?.inputs ?? [];
  if (crop === undefined || gradient?.node?.op !== 'MaxPoolGrad') return undefined;
  if (dy === undefined || x === undefined || y === undefined || scope.uses(gradient) !== 1)
    return undefined;
  const padding = paddingOf(x);
  if (padding === undefined || !isLowest(padding.value)) return undefined;
  if (padding.sides.join() !== crop.sides.join()) return undefined;
  if (!smallerThanWindow(gradient.node, padding.sides)) return undefined;
  const attributes = withPads(gradient.node, padding.sides);
  const outputs: readonly OutputInfo[] = node.outputs;
  return scope.make('MaxPoolGrad', [dy, padding.source, y], attributes, outputs)[0];
};
