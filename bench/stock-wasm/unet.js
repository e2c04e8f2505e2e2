// The U-Net of nets.js as a user of plain TensorFlow.js writes it.
import * as tf from '@tensorflow/tfjs-core';

/** A U-Net of this base width for RGB images, four levels deep: its variables and its forward pass with batch statistics. */
export function createUNet(base, classes) {
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
