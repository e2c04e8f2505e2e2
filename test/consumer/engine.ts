// Starts the engine that the command line names, or the first that starts, and computes with it.
import * as tf from '@tensorflow/tfjs-core';
import { createApp, firstParty } from 'segkit';

const [name] = process.argv.slice(2);
const app = createApp({ plugins: firstParty });
const engine = await app.startEngine(name === undefined ? null : { name });
console.log(
  engine,
  tf.getBackend(),
  tf
    .add(tf.tensor1d([1, 2]), 1)
    .dataSync()
    .join(),
);
