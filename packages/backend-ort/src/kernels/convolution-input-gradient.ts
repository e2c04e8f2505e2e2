import { blockedDomain } from '../graph/graph-builder.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import { convolutionEnd, endPlainly } from './convolution-end.js';
import {
  convolutionAttributes,
  geometryOf,
  unreached,
  type Geometry,
} from './convolution-geometry.js';
import {
  exchangedBlocks,
  exchangedFilter,
  flipTaps,
  narrowExchangedFilter,
  reversedTaps,
} from './filter-layout.js';
import {
  canSpreadByPhases,
  canSpreadToFewChannels,
  spreadByPhases,
  spreadToFewChannels,
} from './phase-convolution.js';
import { isSmallMap, smallInputGradient } from './small-map-gradients.js';

/** Gradient of a convolution with respect to its input; also the forward pass of a transposed convolution. */
export const convolutionInputGradient: Lowering = (
  { outputs: [output], attributes },
  inputs,
  context,
) => {
  const [dy, filter] = inputs;
  if (output === undefined || dy === undefined || filter === undefined) return [];
  const geometry = geometryOf(attributes);
  const end = convolutionEnd(context, attributes, inputs.slice(2));
  const { shape } = filter;
  const name = context.tensor(filter);
  const alone = end.bias === undefined && end.sum === undefined && end.relu !== true;
  if (geometry.strides.every((stride) => stride === 1) && alone) {
    return isSmallMap(context, dy, shape, geometry) && dy.shape[0] === 1
      ? smallInputGradient(context, dy, name, shape, geometry, output)
      : atStrideOne(context, dy, name, shape, geometry, output);
  }
  // Zeros between pixels know no bias.
  const spreads = Math.min(...geometry.kernel) >= geometry.strides[0] || alone;
  if (spreads && end.sum === undefined && canSpreadByPhases(context, shape, geometry, output)) {
    return spreadByPhases(context, dy, name, shape, geometry, output, end);
  }
  if (end.sum === undefined && canSpreadToFewChannels(context, shape, geometry, output)) {
    return spreadToFewChannels(context, dy, name, shape, output, end);
  }
  const map = byTransposedConvolution(context, dy, name, geometry, output, end.bias);
  return endPlainly(context, map, end);
};

/** A convolution of `dy` with the filter turned by half a circle. */
function atStrideOne(
  context: LoweringContext,
  dy: Lowered,
  filter: string,
  filterShape: readonly number[],
  { kernel, pads, dilations }: Geometry,
  output: OutputInfo,
): Lowered {
  const { graph } = context;
  const [height = 1, width = 1, inChannels = 1, outChannels = 1] = filterShape;
  const taps = height * width;
  const reach = [(height - 1) * dilations[0], (width - 1) * dilations[1]] as const;
  const attributes = convolutionAttributes({
    kernel,
    pads: [reach[0] - pads[0], reach[1] - pads[1], reach[0] - pads[2], reach[1] - pads[3]],
    strides: [1, 1],
    dilations,
  });
  if (context.blocks(inChannels, outChannels)) {
    const blocks = exchangedBlocks(context, filter, filterShape);
    const turned = exchangedFilter(context, blocks, filterShape, reversedTaps(taps), kernel);
    const inputs = [context.tensor(dy, 'blocked'), turned];
    return lowered(graph.emit('Conv', inputs, attributes, blockedDomain), output, 'blocked');
  }
  if (context.blocks(inChannels) && outChannels < context.target.blockSize) {
    const inputs = [
      context.tensor(dy, 'nchw'),
      narrowExchangedFilter(context, filter, filterShape),
    ];
    return lowered(graph.emit('Conv', inputs, attributes, blockedDomain), output, 'blocked');
  }
  const flipped = flipTaps(context, filter, taps, inChannels, outChannels);
  const moved = context.transpose(flipped, [1, 2, 0]);
  const oihw = context.reshape(moved, [inChannels, outChannels, height, width]);
  const tensor = graph.emit('Conv', [context.tensor(dy, 'nchw'), oihw], attributes);
  return lowered(tensor, output, 'nchw');
}

function byTransposedConvolution(
  context: LoweringContext,
  dy: Lowered,
  filter: string,
  geometry: Geometry,
  output: OutputInfo,
  bias: string | undefined,
): Lowered {
  const { graph } = context;
  const { kernel, pads, strides, dilations } = geometry;
  const oihw = context.transpose(filter, [3, 2, 0, 1]);
  const inputs = [context.tensor(dy, 'nchw'), oihw, ...(bias === undefined ? [] : [bias])];
  const tensor = graph.emit('ConvTranspose', inputs, {
    kernel_shape: kernel,
    pads,
    strides,
    dilations,
    output_padding: unreached(geometry, output.shape, dy.shape),
  });
  return lowered(tensor, output, 'nchw');
}
