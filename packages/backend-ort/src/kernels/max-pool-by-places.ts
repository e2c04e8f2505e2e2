import { lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext } from '../lowering/lowering-context.js';
import { geometryOf, unreached, type Geometry } from './convolution-geometry.js';

/** The lowest float32: never a maximum. */
const lowest = -3.4028234663852886e38;

/**
 * Gradient of a maximum over windows without the places of the maxima, which not every execution provider tells: each place
 * of the window in turn takes what is left of the gradient where it equals the maximum, so that the gradient goes to the first
 * of equal numbers, as in tfjs; a transposed convolution with a one at each place adds them up.
 */
export const maxPoolGradientByPlaces: Lowering = (
  { outputs: [output], attributes },
  [dy, x, y],
  context,
) => {
  if (output === undefined || dy === undefined || x === undefined || y === undefined) return [];
  const { graph } = context;
  const geometry = geometryOf(attributes);
  const { kernel, strides, pads } = geometry;
  const [n = 1, rows = 1, columns = 1, channels = 1] = dy.shape;
  const shares = sharesOfPlaces(
    context,
    context.tensor(x, 'nchw'),
    context.tensor(y, 'nchw'),
    context.tensor(dy, 'nchw'),
    geometry,
    [rows, columns],
  );
  const places = kernel[0] * kernel[1];
  const apart = shares.map((share) => context.reshape(share, [n, channels, 1, rows, columns]));
  // Each channel an image of its own: ONNX Runtime's provider `webgpu` is wrong where groups have several channels.
  const stacked = context.reshape(graph.emit('Concat', apart, { axis: 2 }), [
    n * channels,
    places,
    rows,
    columns,
  ]);
  const ones = Array.from({ length: places * places }, (_, i) =>
    Math.floor(i / places) === i % places ? 1 : 0,
  );
  const tensor = graph.emit(
    'ConvTranspose',
    [stacked, graph.constant(ones, [places, 1, ...kernel])],
    {
      kernel_shape: kernel,
      pads,
      strides,
      output_padding: unreached(geometry, output.shape, dy.shape),
    },
  );
  const [, height = 1, width = 1] = output.shape;
  return lowered(context.reshape(tensor, [n, channels, height, width]), output, 'nchw');
};

/** What each place of the windows gets of the gradient, row by row: `[n, channels, rows, columns]`. */
function sharesOfPlaces(
  { graph }: LoweringContext,
  map: string,
  maximum: string,
  gradient: string,
  { kernel, strides, pads }: Geometry,
  [rows, columns]: readonly [number, number],
): string[] {
  const [top, left, bottom, right] = pads;
  const isPadded = pads.some((pad) => pad > 0);
  const padding = graph.integers([0, 0, top, left, 0, 0, bottom, right]);
  const seen = isPadded ? graph.emit('Pad', [map, padding, graph.scalar(lowest)]) : map;
  const places = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => {
    const place = [Math.floor(i / kernel[1]), i % kernel[1]] as const;
    const ends = [
      place[0] + (rows - 1) * strides[0] + 1,
      place[1] + (columns - 1) * strides[1] + 1,
    ];
    const bounds = [place, ends, [2, 3], strides].map((values) => graph.integers(values));
    return graph.emit('Slice', [seen, ...bounds]);
  });
  const none = graph.scalar(0);
  let rest = gradient;
  return places.map((pixels, i) => {
    if (i === places.length - 1) return rest;
    const share = graph.emit('Where', [graph.emit('Equal', [pixels, maximum]), rest, none]);
    rest = graph.emit('Sub', [rest, share]);
    return share;
  });
}
