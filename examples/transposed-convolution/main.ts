// Transposed convolution by hand: what it computes, why it is called so, which size it makes, and how it interpolates.
//
//   npx tsx examples/transposed-convolution/main.ts
import '@tensorflow/tfjs-backend-cpu';

import { fileURLToPath, pathToFileURL } from 'node:url';

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import {
  Conv2d,
  conv2d,
  ConvTranspose2d,
  convTranspose2d,
  formatShape,
  randomStream,
  registerGradients,
} from 'segkit';

import { doubling } from './doubling.ts';
import {
  columnOf,
  convolutionMatrix,
  filterOf,
  imageFrom,
  imageOf,
  product,
  rowsOf,
  transpose,
  type Matrix,
} from './matrices.ts';

const runs = fileURLToPath(new URL('../../runs', import.meta.url));

/** Every input pixel adds the kernel, scaled by its value, to its patch of the output. */
function spreading() {
  const x: Matrix = [
    [0, 1],
    [2, 3],
  ];
  const kernel = x;
  const spread = (options = {}) => rowsOf(convTranspose2d(imageOf(x), filterOf(kernel), options));
  const stride1 = spread();
  // Padding is cut off the output; stride is the distance between the patches.
  const padding1 = spread({ padding: 1 });
  const stride2 = spread({ stride: 2 });
  show('Each pixel of X adds K, scaled, to its patch of the output.', { X: x, K: kernel, stride1 });
  show('Padding 1 cuts a frame off; stride 2 moves the patches apart.', { padding1, stride2 });
  return { stride1, padding1, stride2 };
}

/** A convolution is a product `y = W x` of a matrix with the pixels; W transposed goes the other way. */
function asProducts() {
  const x: Matrix = [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ];
  const kernel: Matrix = [
    [1, 2],
    [3, 4],
  ];
  const w = convolutionMatrix(kernel, 3);
  const y = rowsOf(conv2d(imageOf(x), filterOf(kernel)));
  const wx = imageFrom(product(w, columnOf(x)), 2);
  const transposed = rowsOf(convTranspose2d(imageOf(y), filterOf(kernel)));
  const wty = imageFrom(product(transpose(w), columnOf(y)), 3);
  show('A convolution is a matrix product: one row of W for every window.', {
    X: x,
    K: kernel,
    W: w,
  });
  show('Conv(X) = W x', { 'Conv(X)': y, 'W x': wx });
  show('ConvTranspose(Y) = W^T y: the size of X again, but not its values.', {
    'ConvTranspose(Y)': transposed,
    'W^T y': wty,
  });
  return { w, y, wx, transposed, wty };
}

/** It is also how a convolution passes gradients back: d(y . Conv(x)) / dx = ConvTranspose(y). */
async function asGradient(y: Matrix) {
  await registerGradients();
  const kernel = filterOf([
    [1, 2],
    [3, 4],
  ]);
  const weighted = (x: tf.Tensor) =>
    tf.sum<tf.Scalar>(tf.mul(conv2d(x as Tensor4D, kernel), imageOf(y)));
  const gradient = rowsOf(tf.grad(weighted)(tf.zeros([1, 3, 3, 1])) as Tensor4D);
  show('The gradient of y . Conv(x) by x is the same.', { gradient });
  return gradient;
}

/** The same result by an ordinary convolution: a frame of zeros, and the kernel turned by half a turn. */
function flippedKernel() {
  const x: Matrix = [
    [1, 2],
    [3, 4],
  ];
  const kernel: Matrix = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  const transposed = rowsOf(convTranspose2d(imageOf(x), filterOf(kernel)));
  const flipped = kernel.toReversed().map((row) => row.toReversed());
  const full = rowsOf(conv2d(imageOf(x), filterOf(flipped), { padding: kernel.length - 1 }));
  show('A convolution with the kernel flipped in both axes over 2 rows of zeros does the same.', {
    'ConvTranspose(X, K)': transposed,
    'flipped K': flipped,
    'Conv(padded X, flipped K)': full,
  });
  return { transposed, full };
}

/** `n' = s n + k - 2p - s`, from layers; it doubles where k = 2p + s with s = 2. */
function sizes() {
  const layers = [
    { n: 2, k: 2, p: 0, s: 1 },
    { n: 2, k: 2, p: 1, s: 1 },
    { n: 2, k: 2, p: 0, s: 2 },
    { n: 28, k: 2, p: 0, s: 2 },
    { n: 16, k: 4, p: 1, s: 2 },
    { n: 10, k: 64, p: 16, s: 32 },
    { n: 15, k: 64, p: 16, s: 32 },
  ];
  const rows = layers.map(({ n, k, p, s }) => {
    const geometry = { kernelSize: k, padding: p, stride: s };
    const layer = new ConvTranspose2d({ inChannels: 1, outChannels: 1, ...geometry });
    const { height } = layer.outputSize({ height: n, width: n });
    return { n, kernel: k, padding: p, stride: s, "n'": height, formula: s * n + k - 2 * p - s };
  });
  console.log("Sizes: n' = s n + k - 2p - s");
  console.table(rows);
  return rows;
}

/** The same hyperparameters take a convolution's output back to its input's shape. */
function shapeInverse(side: number, outputPadding = 0): string {
  const geometry = { kernelSize: 5, padding: 2, stride: 3 };
  const forth = new Conv2d({ inChannels: 10, outChannels: 20, ...geometry });
  const back = new ConvTranspose2d({
    inChannels: 20,
    outChannels: 10,
    ...geometry,
    outputPadding,
  });
  forth.initialize(randomStream(0));
  back.initialize(randomStream(1));
  const line = tf.tidy(() => {
    const x = tf.zeros<tf.Rank.R4>([1, side, side, 10]);
    const y = forth.forward(x);
    const shapes = [x, y, back.forward(y)].map(({ shape }) => formatShape(shape));
    return shapes.join(' -> ');
  });
  forth.dispose();
  back.dispose();
  console.log(`Conv2d, ConvTranspose2d (k5, p2, s3, op${String(outputPadding)}): ${line}`);
  return line;
}

/** Prints matrices one below the other, each with its name. */
function show(title: string, matrices: Readonly<Record<string, Matrix>>): void {
  console.log(title);
  for (const [name, matrix] of Object.entries(matrices)) {
    const width = Math.max(...matrix.flat().map((value) => String(value).length));
    const lines = matrix.map((row) => row.map((value) => String(value).padStart(width)).join(' '));
    console.log(`  ${name}\n${lines.map((line) => `    ${line}`).join('\n')}`);
  }
  console.log();
}

/** Prints the walk and returns its numbers. */
export async function run({ out = runs } = {}) {
  await tf.setBackend('cpu');
  const spread = spreading();
  const products = asProducts();
  const gradient = await asGradient(products.y);
  const flipped = flippedKernel();
  const sizeTable = sizes();
  // 17x17 also gives 6x6; one row of output padding tells the two apart.
  const shapes = [shapeInverse(16), shapeInverse(17, 1)];
  return { spread, products, gradient, flipped, sizeTable, shapes, doubled: await doubling(out) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
