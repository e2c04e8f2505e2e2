import { blockedDomain } from '../graph/graph-builder.js';
import { lowered } from '../lowering/lowered.js';
import type { Lowering, Lowerings } from '../lowering/lowering-context.js';
import { convolutionAttributes, convolutionGeometry, geometryOf } from './convolution-geometry.js';
import { inputOf, recording, type Recorders } from './recorder.js';

/** Recorder of convolutions of each channel by itself; their gradients are left to tfjs-backend-cpu. */
export const depthwiseRecorders: Recorders = {
  DepthwiseConv2dNative: (inputs, attrs) => {
    const [x, filter] = [inputOf(inputs, 'x'), inputOf(inputs, 'filter')];
    const info = convolutionGeometry(x.shape, filter.shape, attrs, true);
    if (info === null || x.dtype !== 'float32') return null;
    return recording('DepthwiseConv2dNative', [x, filter], info.outShape, 'float32', {
      geometry: info.geometry,
    });
  },
};

/** The filter is `[height, width, channels, multiplier]`. */
const depthwise: Lowering = ({ outputs: [output], attributes }, [x, filter], context) => {
  if (output === undefined || x === undefined || filter === undefined) return [];
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  const taps = { ...convolutionAttributes(geometryOf(attributes)), group: channels };
  const given = context.tensor(filter);
  if (multiplier === 1 && context.blocks(channels)) {
    const block = context.target.blockSize;
    const split = context.reshape(given, [height, width, channels / block, block]);
    const blocks = context.reshape(context.transpose(split, [2, 0, 1, 3]), [
      channels,
      1,
      height,
      width,
    ]);
    const inputs = [context.tensor(x, 'blocked'), blocks];
    return lowered(context.graph.emit('Conv', inputs, taps, blockedDomain), output, 'blocked');
  }
  const moved = context.transpose(given, [2, 3, 0, 1]);
  const oihw = context.reshape(moved, [channels * multiplier, 1, height, width]);
  const tensor = context.graph.emit('Conv', [context.tensor(x, 'nchw'), oihw], taps);
  return lowered(tensor, output, 'nchw');
};

/** Lowering of convolutions of each channel by itself. */
export const depthwiseLowerings: Lowerings = { DepthwiseConv2dNative: depthwise };
