// A TensorFlow.js program that knows nothing of segkit.
import * as tf from '@tensorflow/tfjs-core';
import '@segkit/backend-ort';

const started = await tf.setBackend('ort');
console.log(
  started,
  tf
    .add(tf.tensor1d([1, 2]), 1)
    .dataSync()
    .join(),
  tf.getBackend(),
);
