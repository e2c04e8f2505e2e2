import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a kernel that some engines have beyond those of tfjs, because a fused one is faster there.
 * @param name - A kernel of `@segkit/backend-ort`, such as `BatchNormTraining`.
 * @returns The kernel's outputs, or `undefined` if the current engine has no such kernel: then compose the op instead.
 */
export function runEngineKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor[] | undefined {
  if (tf.getKernel(name, tf.getBackend()) == null) return undefined;
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, { ...inputs }, attributes);
  return Array.isArray(outputs) ? outputs : [outputs];
}
