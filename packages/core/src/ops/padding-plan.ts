/**
 * How to ask tfjs for symmetric padding. tfjs's own symmetric padding (a number) has no backward kernel on some
 * engines, so the input is padded by `tf.pad` first, except where TensorFlow's 'same' means the very same thing.
 */
export interface PaddingPlan {
  /** Whether the input has to be padded before the op. */
  readonly explicit: boolean;
  /** What to tell the op. */
  readonly mode: 'same' | 'valid';
}

/**
 * Plans symmetric padding of a window op. At stride 1 an odd kernel with `padding = dilation * (k - 1) / 2` keeps
 * the size, which is exactly 'same'.
 */
export function planPadding(
  kernel: readonly [number, number],
  { stride, padding, dilation }: { stride: number; padding: number; dilation: number },
): PaddingPlan {
  if (padding === 0) return { explicit: false, mode: 'valid' };
  const same = stride === 1 && kernel.every((length) => 2 * padding === dilation * (length - 1));
  return same ? { explicit: false, mode: 'same' } : { explicit: true, mode: 'valid' };
}
