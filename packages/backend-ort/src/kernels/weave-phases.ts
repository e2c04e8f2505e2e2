import type { LoweringContext } from '../lowering/lowering-context.js';

/**
 * Weaves maps in blocks, each of which holds every `stride`-th row and column, into one.
 * @param parts - Row phase by row phase, in each the column phases.
 * @param shape - `[batch, rows, columns, channels]` of the result.
 */
export function weavePhases(
  context: LoweringContext,
  parts: readonly string[],
  stride: number,
  [n = 1, rows = 1, columns = 1, channels = 1]: readonly number[],
): string {
  const block = context.target.blockSize;
  const together = context.reshape(context.graph.emit('Concat', parts, { axis: 0 }), [
    stride,
    stride,
    (n * channels) / block,
    rows / stride,
    columns / stride,
    block,
  ]);
  const woven = context.transpose(together, [2, 3, 0, 4, 1, 5]);
  return context.reshape(woven, [n, channels, rows, columns]);
}
