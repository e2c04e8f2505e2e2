// A user's U-Net on stock tfjs-backend-wasm: node stock-wasm.js '{"net": "unet-16", "warmUp": 4}'
import '@tensorflow/tfjs-backend-wasm';

import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@segkit/core';

import { netNamed } from '../nets.js';
import { randomBatch } from '../segkit/random-batch.js';
import { registerNaiveFilterGradient } from '../stock-wasm/filter-gradient.js';
import { createUNet } from '../stock-wasm/unet.js';
import { serve } from './serve.js';

const { net: name, warmUp } = JSON.parse(process.argv[2]);
const net = netNamed(name);
await registerGradients();
await tf.setBackend('wasm');
registerNaiveFilterGradient();

const { variables, forward } = createUNet(net.peer.width, net.classes);
const { image, labels } = randomBatch(net);
const optimizer = tf.train.adam(1e-3);
const crossEntropy = () => {
  const likelihood = tf.mul(tf.oneHot(labels, net.classes), tf.logSoftmax(forward(image)));
  return tf.neg(tf.mean(tf.sum(likelihood, -1)));
};
const step = async () => {
  const loss = optimizer.minimize(crossEntropy, true, variables);
  const [value] = await loss.data();
  loss.dispose();
  return value;
};
const parameters = variables.reduce((sum, { size }) => sum + size, 0);
await serve({ step, warmUp, info: { parameters } });
