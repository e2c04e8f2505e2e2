import { backend_util, type KernelFunc, type Tensor4D } from '@tensorflow/tfjs-core';

import {
  channelsLast,
  floatType,
  type OpOutput,
  type TensorflowBackend,
  type TensorflowKernel,
} from './tensorflow-kernel.js';

type Single = [OpOutput];
type Pair = [values: OpOutput, places: OpOutput];
type Call = Parameters<KernelFunc>[0];

interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
}

/**
 * The gradient of max pooling by oneDNN, which notes in a second forward pass where the largest values are:
 * `MaxPoolGrad` looks for them on one core, and takes eight times as long as both. Eager execution does not choose these
 * operations by itself; a TensorFlow that lacks them computes the stock way.
 */
export const maxPoolGrad: TensorflowKernel = {
  name: 'MaxPoolGrad',
  make: (stock) => {
    if (stock === undefined) return byPlaces;
    let isThere = true;
    return (call) => {
      const { pad } = call.attrs as unknown as Attributes;
      if (!isThere || call.inputs['input']?.dtype !== 'float32' || typeof pad === 'number') {
        return stock(call);
      }
      try {
        return byPlaces(call);
      } catch {
        isThere = false;
        return stock(call);
      }
    };
  },
};

function byPlaces({ inputs, attrs, backend: of }: Call): ReturnType<KernelFunc> {
  const { dy, input, output } = inputs as unknown as Record<'dy' | 'input' | 'output', Tensor4D>;
  const { filterSize, strides, pad } = attrs as unknown as Attributes;
  const backend = of as TensorflowBackend;
  const { binding } = backend;
  const window = backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad);
  const attributes = [
    floatType(backend),
    channelsLast(backend),
    {
      name: 'ksize',
      type: binding.TF_ATTR_INT,
      value: [1, window.filterHeight, window.filterWidth, 1],
    },
    {
      name: 'strides',
      type: binding.TF_ATTR_INT,
      value: [1, window.strideHeight, window.strideWidth, 1],
    },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: window.padInfo.type },
    { name: 'workspace_enabled', type: binding.TF_ATTR_BOOL, value: true },
    // By this label TensorFlow finds the kernels that its own rewriting chooses.
    { name: '_kernel', type: binding.TF_ATTR_STRING, value: 'MklNameChangeOp' },
  ];
  const [map, pooled, gradient] = backend.getInputTensorIds([input, output, dy]) as [
    number,
    number,
    number,
  ];
  const forward = binding.executeOp('_MklNativeMaxPool', attributes, [map], 2) as Pair;
  try {
    const inputIds = [map, pooled, gradient, forward[1].id];
    const [result] = binding.executeOp('_MklNativeMaxPoolGrad', attributes, inputIds, 1) as Single;
    return backend.createOutputTensor(result);
  } finally {
    for (const { id } of forward) binding.deleteTensor(id);
  }
}
