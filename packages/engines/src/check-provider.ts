import type * as BackendOrt from '@segkit/backend-ort';
import { EngineError, messageOf } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

/** Largest difference that counts as equal, as a share of the largest number. */
const tolerance = 1e-3;

/**
 * Holds an execution provider of the current backend `ort` against the processor, on a small convolution and pooling and their
 * gradients: a device that is not there would be found in the first training step only, and a provider that computes something
 * else on some device never.
 * @throws EngineError if the provider does not start or computes other numbers; the processor computes from then on.
 */
export function checkProvider(
  { configure }: Pick<typeof BackendOrt, 'configure'>,
  name: 'cuda' | 'webgpu',
): void {
  configure({ executionProvider: 'cpu' });
  const expected = probe();
  configure({ executionProvider: name });
  try {
    expectEqual(runOn(name), expected, name);
  } catch (error) {
    configure({ executionProvider: 'cpu' });
    throw error;
  }
}

const remedy = 'Leave `executionProvider` out to compute on the processor.';

function runOn(name: string): number[] {
  try {
    return probe();
  } catch (cause) {
    throw new EngineError(
      `engine ort: the execution provider "${name}" does not start: ${messageOf(cause).trim()} ${remedy}`,
      { cause },
    );
  }
}

function expectEqual(received: readonly number[], expected: readonly number[], name: string): void {
  const largest = Math.max(...expected.map(Math.abs));
  const differences = expected.map((value, i) => Math.abs((received[i] ?? Number.NaN) - value));
  // Not "larger", so that NaN is found.
  const wrong = differences.filter((difference) => !(difference <= tolerance * largest)).length;
  if (wrong === 0) return;
  throw new EngineError(
    `engine ort: the execution provider "${name}" computes wrong numbers on this device: ${String(wrong)} of ` +
      `${String(expected.length)} values and gradients of a small convolution differ from the processor's. ${remedy}`,
  );
}

/** A value and all gradients of a convolution and a pooling. */
function probe(): number[] {
  return tf.tidy(() => {
    const network = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor => {
      const features = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
      const pooled = tf.concat([
        tf.maxPool(features, 2, 2, 'same'),
        tf.maxPool(features, 3, 2, 'same'),
      ]);
      return tf.sum(tf.square(pooled));
    };
    const { value, grads } = tf.valueAndGrads(network)([wave([1, 6, 6, 2]), wave([3, 3, 2, 3])]);
    return [value, ...grads].flatMap((tensor) => [...tensor.dataSync<'float32'>()]);
  });
}

function wave(shape: number[]): tf.Tensor {
  return tf.sin(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape));
}
