import { blockedDomain } from '../graph/graph-builder.js';
import { sizeOf } from '../graph/shape.js';
import { channelsFirst, lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { geometryOf, poolGeometry, unreached, type Geometry } from './convolution-geometry.js';
import { maxPoolGradientByPhases, poolsByPhases } from './max-pool-gradient.js';
import { maxPoolGradientByPlaces } from './max-pool-by-places.js';
import { inputOf, recording, type Recorders } from './recorder.js';

// Windows over NHWC maps.

/** ONNX wants every window to see part of the map. */
function seesMap({ kernel, pads: [top, left, bottom, right] }: Geometry): boolean {
  return Math.max(top, bottom) < kernel[0] && Math.max(left, right) < kernel[1];
}

/** Recorders of poolings and their gradients. */
export const poolingRecorders: Recorders = {
  MaxPool: (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    const { geometry, outShape } = poolGeometry(x.shape, attrs);
    if (x.dtype !== 'float32' || !seesMap(geometry)) return null;
    return recording('MaxPool', [x], outShape, 'float32', { geometry });
  },
  MaxPoolGrad: (inputs, attrs) => {
    const [dy, x, y] = ['dy', 'input', 'output'].map((name) => inputOf(inputs, name));
    if (dy === undefined || x === undefined || y === undefined) return null;
    const { geometry } = poolGeometry(x.shape, attrs);
    if (!seesMap(geometry)) return null;
    return recording('MaxPoolGrad', [dy, x, y], x.shape, 'float32', { geometry });
  },
  AvgPool: (inputs, attrs) => {
    const x = inputOf(inputs, 'x');
    const { geometry, outShape } = poolGeometry(x.shape, attrs);
    if (x.dtype !== 'float32' || !seesMap(geometry)) return null;
    return recording('AvgPool', [x], outShape, 'float32', { geometry });
  },
  AvgPoolGrad: (inputs, attrs) => {
    const [dy, x] = [inputOf(inputs, 'dy'), inputOf(inputs, 'input')];
    const { geometry } = poolGeometry(x.shape, attrs);
    if (!seesMap(geometry)) return null;
    return recording('AvgPoolGrad', [dy], x.shape, 'float32', { geometry });
  },
};

function maxPoolWithIndices(
  context: LoweringContext,
  x: Lowered,
  { kernel, pads, strides }: Geometry,
): readonly string[] {
  return context.graph.emitMany(
    'MaxPool',
    [context.tensor(x, 'nchw')],
    { kernel_shape: kernel, pads, strides },
    { outputs: context.target.poolIndices ? 2 : 1 },
  );
}

const maxPool: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const geometry = geometryOf(attributes);
  if (context.blocks(x.shape[3] ?? 0)) {
    const { kernel, pads, strides } = geometry;
    const tensor = context.graph.emit(
      'MaxPool',
      [context.tensor(x, 'blocked')],
      { kernel_shape: kernel, pads, strides },
      blockedDomain,
    );
    return lowered(tensor, output, 'blocked');
  }
  const [tensor = ''] = maxPoolWithIndices(context, x, geometry);
  return lowered(tensor, output, 'nchw');
};

/** The gradient goes to the place of the largest number, the first one of equals. */
const maxPoolGradient: Lowering = (node, inputs, context) => {
  const [output] = node.outputs;
  const [dy, x] = inputs;
  if (output === undefined || dy === undefined || x === undefined) return [];
  const { graph } = context;
  const geometry = geometryOf(node.attributes);
  if (poolsByPhases(context, output.shape, geometry, dy.shape)) {
    return maxPoolGradientByPhases(node, inputs, context);
  }
  if (!context.target.poolIndices) return maxPoolGradientByPlaces(node, inputs, context);
  const { kernel, strides, pads } = geometry;
  const [, indices = ''] = maxPoolWithIndices(context, x, geometry);
  const gradient = context.tensor(dy, 'nchw');
  const shape = graph.integers(channelsFirst(output.shape));
  const apart = kernel[0] <= strides[0] && kernel[1] <= strides[1] && pads.every((p) => p === 0);
  if (apart) {
    const inputs = [gradient, indices, shape];
    const tensor = graph.emit('MaxUnpool', inputs, { kernel_shape: kernel, strides });
    return lowered(tensor, output, 'nchw');
  }
  const zeros = graph.emit('Expand', [graph.scalar(0), graph.integers([sizeOf(output.shape)])]);
  const flat = (tensor: string): string => context.reshape(tensor, [-1]);
  const sum = graph.emit('ScatterElements', [zeros, flat(indices), flat(gradient)], {
    axis: 0,
    reduction: 'add',
  });
  return lowered(graph.emit('Reshape', [sum, shape]), output, 'nchw');
};

/** Padding does not count. */
const averagePool: Lowering = ({ outputs: [output], attributes }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const { kernel, pads, strides } = geometryOf(attributes);
  const inBlocks = context.blocks(x.shape[3] ?? 0);
  const layout = inBlocks ? 'blocked' : 'nchw';
  const tensor = context.graph.emit(
    'AveragePool',
    [context.tensor(x, layout)],
    { kernel_shape: kernel, pads, strides, count_include_pad: 0 },
    inBlocks ? blockedDomain : '',
  );
  return lowered(tensor, output, layout);
};

/** Each window gives its places equal shares, those on padding included, as in tfjs: a transposed convolution. */
const averagePoolGradient: Lowering = ({ outputs: [output], attributes }, [dy], context) => {
  if (output === undefined || dy === undefined) return [];
  const { graph } = context;
  const geometry = geometryOf(attributes);
  const { kernel, pads, strides } = geometry;
  const [, , , channels = 1] = output.shape;
  const share = graph.scalar(1 / (kernel[0] * kernel[1]));
  const shares = graph.emit('Expand', [share, graph.integers([channels, 1, ...kernel])]);
  const tensor = graph.emit('ConvTranspose', [context.tensor(dy, 'nchw'), shares], {
    kernel_shape: kernel,
    pads,
    strides,
    group: channels,
    output_padding: unreached(geometry, output.shape, dy.shape),
  });
  return lowered(tensor, output, 'nchw');
};

/** Lowerings of poolings and their gradients. */
export const poolingLowerings: Lowerings = {
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGradient,
};
