// The filter gradient that stock tfjs-backend-wasm lacks, as its users compose it: per filter tap, the strided slice of the
// padded input times the output's gradient, by the backend's own StridedSlice and BatchMatMul (transposeA).
import * as tf from '@tensorflow/tfjs-core';

const noMasks = {
  beginMask: 0,
  endMask: 0,
  ellipsisMask: 0,
  newAxisMask: 0,
  shrinkAxisMask: 0,
};

/** Registers `Conv2DBackpropFilter` for the running wasm backend, made of the kernels that it has at this moment. */
export function registerNaiveFilterGradient() {
  const names = ['PadV2', 'StridedSlice', 'BatchMatMul', 'Concat'];
  const stock = new Map(names.map((name) => [name, tf.getKernel(name, 'wasm').kernelFunc]));
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs: { x, dy }, attrs, backend }) => {
      const run = (name, inputs, attributes) =>
        stock.get(name)({ inputs, attrs: attributes, backend });
      const { strides, pad, filterShape } = attrs;
      const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
      const { top, bottom, left, right } = info.padInfo;
      const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
      const paddings = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      const padded = run('PadV2', { x }, { paddings, constantValue: 0 });
      const positions = batchSize * outHeight * outWidth;
      const b = { ...dy, shape: [1, positions, outChannels] };
      const taps = [];
      for (let kh = 0; kh < info.filterHeight; kh++) {
        for (let kw = 0; kw < info.filterWidth; kw++) {
          const window = run(
            'StridedSlice',
            { x: padded },
            {
              begin: [0, kh, kw, 0],
              end: [
                batchSize,
                kh + (outHeight - 1) * info.strideHeight + 1,
                kw + (outWidth - 1) * info.strideWidth + 1,
                inChannels,
              ],
              strides: [1, info.strideHeight, info.strideWidth, 1],
              ...noMasks,
            },
          );
          const a = { ...window, shape: [1, positions, inChannels] };
          taps.push(run('BatchMatMul', { a, b }, { transposeA: true, transposeB: false }));
          backend.disposeData(window.dataId);
        }
      }
      const gradient = run('Concat', taps, { axis: 0 });
      for (const { dataId } of [padded, ...taps]) backend.disposeData(dataId);
      gradient.shape = filterShape;
      return gradient;
    },
  });
}
