import * as tf from '@tensorflow/tfjs-core';

/** Whether the current engine has a kernel of this name. */
export function hasEngineKernel(name: string): boolean {
  // Typed as if every kernel were there.
  return Boolean(tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | undefined);
}

/**
 * Runs a kernel that some engines have beyond those of tfjs, because a fused one is faster there.
 * @param name - A kernel of `@segkit/backend-ort`, such as `BatchNormTraining`.
 * @returns The kernel's outputs, or `undefined` if the current engine has no such kernel: then compose the op instead.
 */
export function runEngineKernel(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor[] | undefined {
  if (!hasEngineKernel(name)) return undefined;
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, attributes);
  return Array.isArray(outputs) ? outputs : [outputs];
}
