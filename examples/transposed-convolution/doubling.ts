import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import {
  bilinearKernel,
  ConvTranspose2d,
  formatShape,
  randomStream,
  resizeBilinear,
  writePng,
  type Raster,
} from 'segkit';

/** A picture made of nothing: a ring over a slope of colours, `[side, side, 3]` in [0, 1]. */
function drawPicture(side: number): Raster<Float32Array> {
  const data = new Float32Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const radius = Math.hypot(y - side / 2, x - side / 2) / side;
      const ring = radius > 0.25 && radius < 0.4 ? 0.5 : 0;
      data.set([ring + 0.5 * (y / side), ring + 0.5 * (x / side), 0.5 - ring], (y * side + x) * 3);
    }
  }
  return { height: side, width: side, channels: 3, data };
}

/**
 * With the bilinear kernel (k4, p1, s2), a transposed convolution doubles a picture as interpolation does.
 * @param out - The doubled picture is written to `transposed-convolution/doubled.png` in this folder.
 */
export async function doubling(out: string) {
  const side = 48;
  const picture = drawPicture(side);
  const layer = new ConvTranspose2d({
    inChannels: 3,
    outChannels: 3,
    kernelSize: 4,
    padding: 1,
    stride: 2,
    bias: false,
    weightInitializer: bilinearKernel(),
  });
  layer.initialize(randomStream(0));
  const x = tf.tensor4d(picture.data, [1, side, side, 3]);
  const doubled = layer.forward(x);
  const [, height, width] = doubled.shape;
  const difference = tf.tidy(() =>
    tf.abs(tf.sub(doubled, resizeBilinear(x, { height, width }, { alignCorners: false }))),
  );
  // The layer sees zeros around the picture, interpolation repeats its border: the outermost frame differs.
  const inside = tf.slice(difference, [0, 1, 1, 0], [1, height - 2, width - 2, 3]);
  const worst = {
    inside: tf.max(inside).dataSync()[0] ?? 0,
    all: tf.max(difference).dataSync()[0] ?? 0,
  };
  const path = join(out, 'transposed-convolution', 'doubled.png');
  await writePng(path, { height, width, channels: 3, data: doubled.dataSync<'float32'>() });
  layer.dispose();
  console.log(
    `Bilinear kernel (k4, p1, s2): ${formatShape(x.shape)} -> ${formatShape(doubled.shape)}, in ${path}`,
  );
  console.log(
    `largest difference to bilinear upsampling: ${worst.inside.toExponential(1)} inside, ` +
      `${worst.all.toFixed(2)} in the outermost frame of pixels`,
  );
  return { shape: doubled.shape, worst };
}
