import { blockedDomain } from '../graph/graph-builder.js';
import { sizeOf } from '../graph/shape.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import {
  convolutionAttributes,
  convolutionGeometry,
  geometryOf,
  type Geometry,
} from './convolution-geometry.js';
import { convolutionFilterGradient } from './convolution-filter-gradient.js';
import { convolutionInputGradient } from './convolution-input-gradient.js';
import { blockedFilter, narrowFilter } from './filter-layout.js';
import { inputOf, recording, type Recorder, type Recorders } from './recorder.js';

// Convolutions of NHWC maps with HWIO filters.

const inputGradient: Recorder = (inputs, attrs) => {
  const [dy, filter] = [inputOf(inputs, 'dy'), inputOf(inputs, 'filter')];
  const inputShape = attrs['inputShape'] as number[];
  const info = convolutionGeometry(inputShape, filter.shape, attrs);
  if (info === null || dy.dtype !== 'float32') return null;
  return recording('Conv2DBackpropInput', [dy, filter], inputShape, 'float32', {
    geometry: info.geometry,
  });
};

const filterGradient: Recorder = (inputs, attrs) => {
  const [x, dy] = [inputOf(inputs, 'x'), inputOf(inputs, 'dy')];
  const filterShape = attrs['filterShape'] as number[];
  const info = convolutionGeometry(x.shape, filterShape, attrs);
  if (info === null || x.dtype !== 'float32') return null;
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
  Conv2DBackpropInput: inputGradient,
  Conv2DBackpropFilter: filterGradient,
  DilatedConv2DBackpropInput: inputGradient,
  DilatedConv2DBackpropFilter: filterGradient,
};

/** How a convolution ends, where a following kernel was fused into it. */
export interface ConvolutionEnd {
  /** `[channels]`, added to every pixel. */
  readonly bias?: string | undefined;
  readonly relu?: boolean | undefined;
}

/** A convolution in the fastest layout that its channels allow. */
export function convolve(
  context: LoweringContext,
  x: Lowered,
  filter: string,
  filterShape: readonly number[],
  geometry: Geometry,
  output: { readonly shape: readonly number[] },
  { bias, relu = false }: ConvolutionEnd = {},
): Lowered {
  const { graph } = context;
  const [, , inChannels = 1, outChannels = 1] = filterShape;
  const result = { shape: output.shape, dtype: 'float32' } as const;
  const attributes = convolutionAttributes(geometry);
  if (context.blocks(inChannels, outChannels)) {
    const inputs = [context.tensor(x, 'blocked'), blockedFilter(context, filter, filterShape)];
    const tensor = graph.emit(
      'Conv',
      bias === undefined ? inputs : [...inputs, bias],
      { ...attributes, activation: relu ? 'Relu' : undefined },
      blockedDomain,
    );
    return lowered(tensor, result, 'blocked');
  }
  // Few channels, as images have, need no blocks on the way in.
  if (context.blocks(outChannels) && inChannels < context.target.blockSize) {
    const inputs = [context.tensor(x, 'nchw'), narrowFilter(context, filter, filterShape)];
    const tensor = graph.emit(
      'Conv',
      bias === undefined ? inputs : [...inputs, bias],
      { ...attributes, activation: relu ? 'Relu' : undefined },
      blockedDomain,
    );
    return lowered(tensor, result, 'blocked');
  }
  const inputs = [context.tensor(x, 'nchw'), context.transpose(filter, [3, 2, 0, 1])];
  const tensor = graph.emit('Conv', bias === undefined ? inputs : [...inputs, bias], attributes);
  return lowered(relu ? graph.emit('Relu', [tensor]) : tensor, result, 'nchw');
}

const conv2d: Lowering = ({ outputs: [output], attributes, inputs: values }, inputs, context) => {
  const [x, filter, bias] = inputs;
  if (output === undefined || x === undefined || filter === undefined) return [];
  return convolve(
    context,
    x,
    context.tensor(filter),
    values[1]?.shape ?? [],
    geometryOf(attributes),
    output,
    {
      bias: bias && context.reshape(context.tensor(bias), [sizeOf(bias.shape)]),
      relu: attributes?.['relu'] === true,
    },
  );
};

/** Lowerings of convolutions and their gradients. */
export const convolutionLowerings: Lowerings = {
  Conv2D: conv2d,
  Conv2DBackpropInput: convolutionInputGradient,
  Conv2DBackpropFilter: convolutionFilterGradient,
};
