import { blockedDomain } from '../graph/graph-builder.js';
import { sameShape } from '../graph/shape.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import {
  convolutionEnd,
  emitBlocked,
  endPlainly,
  missingChannels,
  type ConvolutionEnd,
} from './convolution-end.js';
import {
  convolutionAttributes,
  convolutionGeometry,
  geometryOf,
  type Geometry,
} from './convolution-geometry.js';
import { convolutionFilterGradient } from './convolution-filter-gradient.js';
import { convolutionInputGradient } from './convolution-input-gradient.js';
import { blockedFilter, narrowFilter } from './filter-layout.js';
import { padTensor } from './sliding-product.js';
import { suitsWinograd, winogradConvolution } from './winograd.js';
import { inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Convolutions of NHWC maps with HWIO filters.

const inputGradient: Recorder = (inputs, attrs) => {
  const [dy, filter] = [inputOf(inputs, 'dy'), inputOf(inputs, 'filter')];
  const inputShape = attrs['inputShape'] as number[];
  const info = convolutionGeometry(inputShape, filter.shape, attrs);
  // tfjs lets a program ask for another size; its kernel then reads part of `dy`.
  if (info === null || dy.dtype !== 'float32' || !sameShape(info.outShape, dy.shape)) return null;
  return recording('Conv2DBackpropInput', [dy, filter], inputShape, 'float32', {
    geometry: info.geometry,
  });
};

const filterGradient: Recorder = (inputs, attrs) => {
  const [x, dy] = [inputOf(inputs, 'x'), inputOf(inputs, 'dy')];
  const filterShape = attrs['filterShape'] as number[];
  const info = convolutionGeometry(x.shape, filterShape, attrs);
  if (info === null || x.dtype !== 'float32' || !sameShape(info.outShape, dy.shape)) return null;
  return recording('Conv2DBackpropFilter', [x, dy], filterShape, 'float32', {
    geometry: info.geometry,
  });
};

/**
 * Recorders of convolutions and their gradients. tfjs's gradient kernels know no dilation; this backend's own,
 * `DilatedConv2DBackpropInput` and `DilatedConv2DBackpropFilter`, take the attribute `dilations` besides.
 */
export const convolutionRecorders: Recorders = {
  Conv2D: (inputs, attrs) => {
    const [x, filter] = [inputOf(inputs, 'x'), inputOf(inputs, 'filter')];
    const info = convolutionGeometry(x.shape, filter.shape, attrs);
    if (info === null || x.dtype !== 'float32') return null;
    return recording('Conv2D', [x, filter], info.outShape, 'float32', { geometry: info.geometry });
  },
  FusedConv2D: (inputs, attrs) => {
    const [x, filter] = [inputOf(inputs, 'x'), inputOf(inputs, 'filter')];
    const { bias } = inputs;
    const activation = (attrs['activation'] ?? 'linear') as string;
    const info = convolutionGeometry(x.shape, filter.shape, attrs);
    // Other ends are left to tfjs-backend-cpu.
    if (!['linear', 'relu'].includes(activation) || (bias != null && bias.shape.length !== 1)) {
      return null;
    }
    if (info === null || x.dtype !== 'float32') return null;
    return recording(
      'Conv2D',
      bias == null ? [x, filter] : [x, filter, bias],
      info.outShape,
      'float32',
      { geometry: info.geometry, bias: bias != null, relu: activation === 'relu' },
    );
  },
  Conv2DBackpropInput: inputGradient,
  Conv2DBackpropFilter: filterGradient,
  DilatedConv2DBackpropInput: inputGradient,
  DilatedConv2DBackpropFilter: filterGradient,
};

/** A convolution in the fastest layout that its channels allow. */
function convolve(
  context: LoweringContext,
  x: Lowered,
  filter: Lowered,
  geometry: Geometry,
  output: OutputInfo,
  end: ConvolutionEnd,
): Lowered {
  const { graph } = context;
  const { blockSize } = context.target;
  const [, , inChannels = 1, outChannels = 1] = filter.shape;
  const name = context.tensor(filter);
  const narrow = inChannels < blockSize;
  const source = context.blocks(inChannels) ? 'blocked' : 'nchw';
  const layOut = narrow ? narrowFilter : blockedFilter;
  // Transforming a filter is worth it once, not at every step of a training.
  const prepared = graph.isConstant(name);
  if (prepared && suitsWinograd(context, filter.shape, geometry, output.shape)) {
    const map = context.tensor(x, 'blocked');
    // A sum comes before the ReLU.
    const own = { bias: end.bias, relu: end.relu === true && end.sum === undefined };
    const tensor = winogradConvolution(context, map, x.shape, name, filter.shape, own);
    const result = lowered(tensor, output, 'blocked');
    return end.sum === undefined ? result : endPlainly(context, result, end);
  }
  if ((context.blocks(inChannels) || narrow) && context.blocks(outChannels)) {
    const blocks = layOut(context, name, filter.shape);
    const tensor = emitBlocked(context, context.tensor(x, source), blocks, geometry, end);
    return lowered(tensor, output, 'blocked');
  }
  if (context.blocks(inChannels) && inChannels >= 2 * blockSize && end.sum === undefined) {
    return convolveToFewChannels(context, x, name, filter.shape, geometry, output, end);
  }
  const inputs = [context.tensor(x, 'nchw'), context.transpose(name, [3, 2, 0, 1])];
  if (end.bias !== undefined) inputs.push(end.bias);
  const tensor = graph.emit('Conv', inputs, convolutionAttributes(geometry));
  return endPlainly(context, lowered(tensor, output, 'nchw'), end);
}

/** To channels that do not fill blocks, as class scores: the filter is filled up with zeros, and their results dropped. */
function convolveToFewChannels(
  context: LoweringContext,
  x: Lowered,
  filter: string,
  [height = 1, width = 1, inChannels = 1, outChannels = 1]: readonly number[],
  geometry: Geometry,
  output: OutputInfo,
  end: ConvolutionEnd,
): Lowered {
  const { graph } = context;
  const missing = missingChannels(context, outChannels);
  const whole = outChannels + missing;
  const padded = padTensor(context, filter, [0, 0, 0, 0], [0, 0, 0, missing]);
  const blocks = blockedFilter(context, padded, [height, width, inChannels, whole]);
  const bias = end.bias && padTensor(context, end.bias, [0], [missing]);
  const tensor = emitBlocked(context, context.tensor(x, 'blocked'), blocks, geometry, {
    ...end,
    bias,
  });
  const order = { channels: outChannels, channels_last: 1 };
  return lowered(graph.emit('ReorderOutput', [tensor], order, blockedDomain), output);
}

const conv2d: Lowering = ({ outputs: [output], attributes }, inputs, context) => {
  const [x, filter] = inputs;
  if (output === undefined || x === undefined || filter === undefined) return [];
  return convolve(
    context,
    x,
    filter,
    geometryOf(attributes),
    output,
    convolutionEnd(context, attributes, inputs.slice(2)),
  );
};

/** Lowerings of convolutions and their gradients. */
export const convolutionLowerings: Lowerings = {
  Conv2D: conv2d,
  Conv2DBackpropInput: convolutionInputGradient,
  Conv2DBackpropFilter: convolutionFilterGradient,
};
