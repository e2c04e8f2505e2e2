// Networks that others trained compute here what they compute in PyTorch. Needs the files of SEGKIT_DATA.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { toColor } from '@segkit/data';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import {
  Conv2d,
  createApp,
  evalMode,
  firstParty,
  fitWeights,
  loadWeights,
  maxPool2d,
  Module,
  randomStream,
  readImage,
  readWeights,
  resizeNearest,
  silentLogger,
  type Backbone,
  type NamedArray,
  type NamedArrays,
} from 'segkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const data =
  process.env['SEGKIT_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const resnetFolder = join(data, 'weights_resnet18');
const retinaFolder = join(data, 'weights_unet_like', 'retina_unet');
for (const folder of [resnetFolder, retinaFolder]) {
  if (existsSync(folder)) continue;
  console.info(`skipped: there is no ${folder}; point SEGKIT_DATA to the data sets.`);
}

const { registry, startEngine } = createApp({ plugins: firstParty, logger: silentLogger });

beforeAll(async () => {
  await startEngine({ name: 'ort' });
});
afterAll(async () => {
  await tf.setBackend('cpu');
});

/** Little-endian float32 numbers. */
function floats(path: string): Float32Array {
  const bytes = new Uint8Array(readFileSync(path));
  return new Float32Array(bytes.buffer);
}

const filesIn = (folder: string, pattern: RegExp): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((file) => pattern.test(file)) : [];

describe.skipIf(!existsSync(resnetFolder))('ResNet-18 of ImageNet', () => {
  const classIndices = [0, 207, 340, 407, 817];
  const pattern = /^resnet18_(pqf|ktb)_.*\.(safetensors|pth)$/;

  test.each(filesIn(resnetFolder, pattern))('%s', async (file) => {
    const weights = expandCodes(await readWeights(join(resnetFolder, file)));
    const backbone = resnet18(weights, file);
    const reference = pattern.exec(file)?.[1] ?? '';
    const expected = floats(join(resnetFolder, `ref_logits_5x1000_${reference}.f32`));
    const logits = tf.tidy(() => {
      const nchw = tf.tensor4d(
        floats(join(resnetFolder, 'ref_input_5x3x224x224.f32')),
        [5, 3, 224, 224],
      );
      return classify(backbone, weights, tf.transpose(nchw, [0, 2, 3, 1])).dataSync<'float32'>();
    });
    const error = relativeError(logits, expected);
    console.info(`${file}: logits differ from PyTorch's by ${error.toExponential(1)}`);
    expect(error).toBeLessThan(1e-3);

    const photos = filesIn(join(resnetFolder, 'sample_images'), /\.JPEG$/).sort();
    const classes: number[] = [];
    for (const photo of photos) {
      const image = await preparePhoto(join(resnetFolder, 'sample_images', photo));
      classes.push(
        tf.tidy(() => tf.argMax(classify(backbone, weights, image), 1).dataSync()[0] ?? -1),
      );
      image.dispose();
    }
    expect(classes).toEqual(classIndices);
    backbone.dispose();
  });
});

/** The backbone of segkit with a file's weights. */
function resnet18(weights: NamedArrays, file: string): Backbone {
  const spec = registry.spec('backbone').parse({ name: 'resnet18', taps: ['layer4'] });
  const backbone = registry.create('backbone', spec, { inChannels: 3 });
  const { unused } = backbone.pretrained!;
  const { report } = fitWeights(backbone, weights, file, { unused });
  expect([...report.leftOver].sort()).toEqual(['fc.bias', 'fc.weight']);
  expect(report.expectedLeftOver).toEqual(report.leftOver);
  backbone.initialize(randomStream(0));
  loadWeights(backbone, weights, file);
  return backbone;
}

/** The classifier: mean over the image, then the layer that a backbone leaves over. */
function classify(backbone: Backbone, weights: NamedArrays, image: tf.Tensor4D): tf.Tensor2D {
  const features = backbone.forward(image, evalMode).at(-1)!;
  const { shape, data: matrix } = weights.get('fc.weight')!;
  const products = tf.matMul(
    tf.mean<tf.Tensor2D>(features, [1, 2]),
    tf.tensor2d(matrix, shape as [number, number]),
    false,
    true,
  );
  return tf.add(products, tf.tensor1d(weights.get('fc.bias')!.data));
}

/** As ImageNet networks want it: shorter side 256, the middle 224 x 224, normalised. */
async function preparePhoto(path: string): Promise<tf.Tensor4D> {
  const { height, width, data: pixels } = toColor(await readImage(path));
  const scale = 256 / Math.min(height, width);
  const size = { height: Math.round(height * scale), width: Math.round(width * scale) };
  // A triangle that widens as the image shrinks: bilinear with antialiasing.
  const resized = await sharp(Buffer.from(pixels.map((value) => 255 * value)), {
    raw: { height, width, channels: 3 },
  })
    .resize({ ...size, fit: 'fill', kernel: 'linear' })
    .extract({
      left: Math.round((size.width - 224) / 2),
      top: Math.round((size.height - 224) / 2),
      width: 224,
      height: 224,
    })
    .raw()
    .toBuffer();
  return tf.tidy(() => {
    const image = tf.div(tf.tensor4d(Float32Array.from(resized), [1, 224, 224, 3]), 255);
    const mean = tf.tensor1d([0.485, 0.456, 0.406]);
    const deviation = tf.tensor1d([0.229, 0.224, 0.225]);
    return tf.div<tf.Tensor4D>(tf.sub(image, mean), deviation);
  });
}

/** Largest difference, measured by the largest expected number. */
function relativeError(received: ArrayLike<number>, expected: Float32Array): number {
  let [difference, scale] = [0, 0];
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs((received[i] ?? NaN) - value));
    scale = Math.max(scale, Math.abs(value));
  });
  return difference / scale;
}

const inputChannels: Readonly<Record<string, number>> = {
  layer1: 64,
  layer2: 64,
  layer3: 128,
  layer4: 256,
};
const outputChannels: Readonly<Record<string, number>> = {
  layer1: 64,
  layer2: 128,
  layer3: 256,
  layer4: 512,
};

/** Some files hold filters as codes of a book: block j of filter o is `centroids[assignments[j * outputs + o]]`. */
function expandCodes(weights: NamedArrays): NamedArrays {
  const expanded = new Map<string, NamedArray>();
  for (const [name, array] of weights) {
    const layer = /^(.*)\.assignments$/.exec(name)?.[1];
    if (layer === undefined && !name.endsWith('.centroids')) expanded.set(name, array);
    if (layer === undefined) continue;
    const book = weights.get(`${layer}.centroids`)!;
    const block = book.shape[1]!;
    const shape = shapeOf(layer);
    const [outputs] = shape;
    const columns = (array.data.length / outputs) * block;
    const dense = new Float32Array(outputs * columns);
    array.data.forEach((code, i) => {
      const [j, output] = [Math.floor(i / outputs), i % outputs];
      dense.set(book.data.subarray(code * block, (code + 1) * block), output * columns + j * block);
    });
    expanded.set(`${layer}.weight`, { shape, data: dense });
  }
  return expanded;
}

function shapeOf(layer: string): readonly [number, number, ...number[]] {
  if (layer === 'fc') return [1000, 512];
  const [stage = '', block, ...rest] = layer.split('.');
  const outputs = outputChannels[stage]!;
  const first = block === '0' && rest[0] !== 'conv2';
  const kernel = rest[0] === 'downsample' ? 1 : 3;
  return [outputs, first ? inputChannels[stage]! : outputs, kernel, kernel];
}

/** Two 3x3 convolutions with ReLU. */
class Pair extends Module {
  readonly #conv1: Conv2d;
  readonly #conv2: Conv2d;

  constructor(inChannels: number, outChannels: number) {
    super();
    const common = { outChannels, kernelSize: 3, padding: 1 };
    this.#conv1 = this.child('conv1', new Conv2d({ ...common, inChannels }));
    this.#conv2 = this.child('conv2', new Conv2d({ ...common, inChannels: outChannels }));
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.relu(this.#conv2.forward(tf.relu(this.#conv1.forward(x))));
  }
}

/** orobix/retina-unet, which finds vessels: two poolings, nearest upsampling, a ReLU before the softmax. */
class RetinaUNet extends Module {
  readonly #down1 = this.child('down1', new Pair(1, 32));
  readonly #down2 = this.child('down2', new Pair(32, 64));
  readonly #bottom = this.child('bottom', new Pair(64, 128));
  readonly #up2 = this.child('up2', new Pair(192, 64));
  readonly #up1 = this.child('up1', new Pair(96, 32));
  readonly #head = this.child(
    'head',
    new Conv2d({ inChannels: 32, outChannels: 2, kernelSize: 1 }),
  );

  /** @returns Probabilities `[1, height, width, 2]`. */
  forward(image: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const pool = (x: tf.Tensor4D) => maxPool2d(x, { kernelSize: 2, stride: 2, padding: 0 });
      const join = (x: tf.Tensor4D, skip: tf.Tensor4D) => {
        const size = { height: skip.shape[1], width: skip.shape[2] };
        return tf.concat([resizeNearest(x, size), skip], 3);
      };
      const fine = this.#down1.forward(image);
      const middle = this.#down2.forward(pool(fine));
      const coarse = this.#bottom.forward(pool(middle));
      const up = this.#up2.forward(join(coarse, middle));
      const logits = tf.relu(this.#head.forward(this.#up1.forward(join(up, fine))));
      return tf.softmax(logits);
    });
  }
}

describe.skipIf(!existsSync(retinaFolder))('U-Net of retinal vessels', () => {
  const [height, width] = [584, 564];
  const images = filesIn(retinaFolder, /^preprocessed_.*\.png$/).sort();

  test.each(filesIn(retinaFolder, /^retina_unet.*\.(safetensors|pth)$/))('%s', async (file) => {
    const network = new RetinaUNet();
    network.initialize(randomStream(0));
    const { leftOver } = loadWeights(network, await readWeights(join(retinaFolder, file)), file);
    expect(leftOver).toEqual([]);
    const reference = floats(join(retinaFolder, 'ref_prob_3x584x564.f32'));
    let error = 0;
    for (const [index, name] of images.entries()) {
      const image = await readImage(join(retinaFolder, name), { channels: 1 });
      const vessels = tf.tidy(() => {
        const whole = tf.tensor4d(image.data, [1, image.height, image.width, 1]);
        const cropped = tf.slice4d(whole, [0, 0, 0, 0], [1, height, width, 1]);
        const probabilities = network.forward(cropped);
        return tf.slice4d(probabilities, [0, 0, 0, 1], [1, height, width, 1]).dataSync<'float32'>();
      });
      const expected = reference.subarray(index * height * width, (index + 1) * height * width);
      vessels.forEach((value, i) => {
        error = Math.max(error, Math.abs(value - (expected[i] ?? NaN)));
      });
    }
    console.info(`${file}: probabilities differ from PyTorch's by ${error.toExponential(1)}`);
    expect(images).toHaveLength(3);
    expect(error).toBeLessThan(1e-4);
    network.dispose();
  });
});
