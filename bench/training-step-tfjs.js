// Worker of training-step.js: the U-Net in plain TensorFlow.js on wasm, with segkit's kernels or with stock ones.
import '@tensorflow/tfjs-backend-wasm';

import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@segkit/core';
import { registerWasmTrainingKernels } from '@segkit/engines';

import { registerNaiveFilterGradient } from './training-step-naive.js';
import { randomBatch, serve, shapeArguments } from './training-step-worker.js';

const [base, batch, size] = shapeArguments();
const classes = 2;

function createNetwork() {
  const variables = [];
  const variable = (tensor) => {
    const made = tf.variable(tensor);
    variables.push(made);
    return made;
  };
  const filter = (kernel, from, to) => {
    const deviation = Math.sqrt(2 / (kernel * kernel * from));
    const seed = variables.length + 1;
    return variable(tf.randomNormal([kernel, kernel, from, to], 0, deviation, 'float32', seed));
  };
  const convolution = (from, to) => {
    const parameters = {
      filter: filter(3, from, to),
      scale: variable(tf.ones([to])),
      offset: variable(tf.zeros([to])),
    };
    return (x) => {
      const y = tf.conv2d(x, parameters.filter, 1, 'same');
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      const { scale, offset } = parameters;
      return tf.relu(tf.batchNorm(y, mean, variance, offset, scale, 1e-5));
    };
  };
  const block = (from, to) => {
    const [first, second] = [convolution(from, to), convolution(to, to)];
    return (x) => second(first(x));
  };
  const widths = [1, 2, 4, 8].map((factor) => factor * base);
  const downs = widths.map((width, i) => block(i === 0 ? 3 : widths[i - 1], width));
  const center = block(8 * base, 16 * base);
  const ups = widths
    .map((width) => {
      const taps = filter(2, width, 2 * width);
      const bias = variable(tf.zeros([width]));
      const join = block(2 * width, width);
      return (x, skip) => {
        const raised = tf.conv2dTranspose(x, taps, skip.shape, 2, 'same');
        return join(tf.concat([skip, tf.add(raised, bias)], 3));
      };
    })
    .reverse();
  const head = filter(1, base, classes);
  const headBias = variable(tf.zeros([classes]));

  const forward = (image) => {
    const skips = [];
    let x = image;
    for (const down of downs) {
      x = down(x);
      skips.push(x);
      x = tf.maxPool(x, 2, 2, 'valid');
    }
    x = center(x);
    for (const up of ups) x = up(x, skips.pop());
    return tf.add(tf.conv2d(x, head, 1, 'same'), headBias);
  };
  return { variables, forward };
}

await registerGradients();
if (process.argv[2] === 'segkit') registerWasmTrainingKernels();
await tf.setBackend('wasm');
if (process.argv[2] === 'stock') registerNaiveFilterGradient();

const { variables, forward } = createNetwork();
const { image, labels } = randomBatch(batch, size);
const optimizer = tf.train.adam(1e-3);
const crossEntropy = () => {
  const likelihood = tf.mul(tf.oneHot(labels, classes), tf.logSoftmax(forward(image)));
  return tf.neg(tf.mean(tf.sum(likelihood, -1)));
};
const step = () => {
  const loss = optimizer.minimize(crossEntropy, true, variables);
  const [value] = loss.dataSync();
  loss.dispose();
  return value;
};
const parameters = variables.reduce((sum, { size: count }) => sum + count, 0);
await serve(step, { parameters });
