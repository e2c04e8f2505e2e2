// Time of each kernel that segkit adds to or replaces in tfjs-backend-wasm, beside the stock kernel (or, for the filter
// gradient that stock lacks, beside the naive composition of stock-wasm/filter-gradient.js), on the shapes of a base-16 U-Net's
// training. Stock and segkit take turns; one JSON line each with the fastest of the rounds in milliseconds.
//
//   npm run build && node bench/wasm-kernels.js [--rounds 15]
import '@tensorflow/tfjs-backend-wasm';

import { parseArgs } from 'node:util';

import * as tf from '@tensorflow/tfjs-core';
import { registerWasmTrainingKernels } from '@segkit/engines';

import { registerNaiveFilterGradient } from './stock-wasm/filter-gradient.js';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });

await tf.setBackend('wasm');
const backend = tf.backend();
const functions = () =>
  new Map(tf.getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel.kernelFunc]));
const stockOnly = functions();
registerNaiveFilterGradient();
const stock = functions();
tf.unregisterKernel('Conv2DBackpropFilter', 'wasm');
registerWasmTrainingKernels();
const segkit = functions();

function compare(label, kernel, inputs, attrs) {
  const fastest = [stock, segkit].map((table) => {
    const run = () => {
      const start = performance.now();
      const outputs = [table.get(kernel)({ inputs, attrs, backend })].flat();
      const milliseconds = performance.now() - start;
      for (const { dataId } of outputs) backend.disposeData(dataId);
      return milliseconds;
    };
    return { run, milliseconds: Infinity };
  });
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const side of fastest) side.milliseconds = Math.min(side.milliseconds, side.run());
  }
  const [before, after] = fastest.map(({ milliseconds }) => Number(milliseconds.toFixed(3)));
  const result = { kernel, case: label, [stockOnly.has(kernel) ? 'stock' : 'naive']: before };
  const ratio = Number((before / Math.max(after, 0.001)).toPrecision(2));
  console.log(JSON.stringify({ ...result, segkit: after, ratio }));
}

// Size, input channels, output channels, kernel, stride.
const convolutions = [
  [128, 3, 16, 3, 1],
  [128, 16, 16, 3, 1],
  [128, 32, 16, 3, 1],
  [64, 32, 32, 3, 1],
  [32, 64, 64, 3, 1],
  [16, 128, 128, 3, 1],
  [8, 256, 256, 3, 1],
  [128, 16, 2, 1, 1],
  [128, 16, 32, 2, 2],
  [16, 128, 256, 2, 2],
  [64, 64, 128, 3, 2],
  [64, 32, 64, 4, 2],
  [128, 3, 64, 7, 2],
  [64, 64, 128, 1, 2],
];
for (const [size, from, to, kernel, stride] of convolutions) {
  tf.tidy(() => {
    const x = tf.randomNormal([2, size, size, from]);
    const filter = tf.randomNormal([kernel, kernel, from, to]);
    const dy = tf.randomNormal([2, Math.ceil(size / stride), Math.ceil(size / stride), to]);
    const attributes = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC' };
    const label = `2x${size}x${size} ${from}->${to} k${kernel}s${stride}`;
    const input = { ...attributes, inputShape: x.shape };
    compare(label, 'Conv2DBackpropInput', { dy, filter }, input);
    compare(label, 'Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter.shape });
  });
}

const maps = [
  [2, 128, 128, 16],
  [2, 64, 64, 32],
  [2, 32, 32, 64],
  [2, 8, 8, 256],
];
for (const map of maps) {
  tf.tidy(() => {
    const [batch, height, width, channels] = map;
    const pixels = batch * height * width;
    const x = tf.randomNormal(map);
    const y = tf.randomNormal(map);
    const wide = tf.randomNormal([batch, height, width, 2 * channels]);
    const half = tf.randomNormal([batch, height / 2, width / 2, channels]);
    const vector = tf.randomUniform([channels], 0.5, 1);
    const square = tf.randomNormal([batch, channels, channels]);
    const blocks = { ...x, shape: [4 * batch, height / 2, width / 2, channels] };
    const rows = { ...x, shape: [1, pixels, channels] };
    const test = (kernel, inputs, attributes, note = '') =>
      compare(`${map.join('x')}${note}`, kernel, inputs, attributes);
    const noCrops = [
      [0, 0],
      [0, 0],
    ];
    const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
    test('MaxPoolGrad', { dy: half, input: x, output: half }, pool, ' k2s2');
    const pool3 = { filterSize: [3, 3], strides: [2, 2], pad: 'same' };
    test('MaxPoolGrad', { dy: half, input: x, output: half }, pool3, ' k3s2');
    test('Sum', { x }, { axis: [0, 1, 2], keepDims: false }, ' over 0,1,2');
    test('Mean', { x }, { axis: [0, 1, 2], keepDims: false }, ' over 0,1,2');
    test('Sum', { x }, { axis: [1, 2], keepDims: false }, ' over 1,2');
    const statistics = { mean: vector, variance: vector, scale: vector, offset: vector };
    test('FusedBatchNorm', { x, ...statistics }, { varianceEpsilon: 1e-5 });
    test('Concat', [x, y], { axis: 3 });
    test('SplitV', { x: wide }, { numOrSizeSplits: 2, axis: 3 }, ' from twice the channels');
    test('Slice', { x: wide }, { begin: [0, 0, 0, 0], size: map }, ' half the channels');
    const inner = [batch, height - 2, width - 2, channels];
    test('Slice', { x }, { begin: [0, 1, 1, 0], size: inner }, ' without border');
    const one = { ...vector, shape: [1, 1, 1, channels] };
    test('Tile', { x: one }, { reps: [batch, height, width, 1] }, ' of a vector');
    test('SpaceToBatchND', { x }, { blockShape: [2, 2], paddings: noCrops }, ' blocks of 2');
    test('BatchToSpaceND', { x: blocks }, { blockShape: [2, 2], crops: noCrops }, ' blocks of 2');
    const split = { ...x, shape: [batch, height / 2, 2, width / 2, 2, channels] };
    test('Transpose', { x: split }, { perm: [2, 4, 0, 1, 3, 5] }, ' of 6 axes');
    test('Identity', { x }, {});
    test('Cast', { x }, { dtype: 'float32' }, ' to float32');
    const product = { transposeA: true, transposeB: false };
    test('BatchMatMul', { a: rows, b: { ...y, shape: rows.shape } }, product, ' xT y');
    const batched = { ...x, shape: [batch, height * width, channels] };
    const plain = { transposeA: false, transposeB: false };
    test('BatchMatMul', { a: batched, b: square }, plain, ' in a batch');
  });
}
