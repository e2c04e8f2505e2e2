import * as tf from '@tensorflow/tfjs-core';

/** How gradients are bounded; at most one of the two. */
export interface ClipSettings {
  /** Longest the vector of all gradients may be; `null`: any. */
  readonly clipNorm: number | null;
  /** Largest magnitude of a single number; `null`: any. */
  readonly clipValue: number | null;
}

/**
 * Bounds gradients as PyTorch's `clip_grad_norm_` and `clip_grad_value_` do: scaled together by
 * `min(1, clipNorm / (norm + 1e-6))`, or each number cut to `[-clipValue, clipValue]`. Nothing is read back from the
 * engine.
 * @param norm - Scalar, the `globalNorm` of all gradients.
 * @returns New tensors by the same names; the given ones where nothing is bounded.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradients(
  gradients: tf.NamedTensorMap,
  norm: tf.Scalar,
  { clipNorm, clipValue }: ClipSettings,
): tf.NamedTensorMap {
  const each = (change: (gradient: tf.Tensor) => tf.Tensor): tf.NamedTensorMap =>
    Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, change(g)]));
  if (clipValue !== null) return each((g) => tf.clipByValue(g, -clipValue, clipValue));
  if (clipNorm === null) return gradients;
  return tf.tidy(() => {
    const scale = tf.minimum(tf.div(clipNorm, tf.add(norm, 1e-6)), 1);
    return each((g) => tf.mul(g, scale));
  });
}
