import { broadcastShape } from '../graph/shape.js';
import { contribDomain } from '../graph/graph-builder.js';
import { lowered } from '../lowering/lowered.js';
import type { Lowering, Lowerings, LoweringContext } from '../lowering/lowering-context.js';
import { inputOf, recording, type Recorders } from './recorder.js';

// Products of matrices.

/** Recorders of products of matrices. */
export const matrixRecorders: Recorders = {
  BatchMatMul: (inputs, { transposeA, transposeB }) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return null;
    const [rows, inner] = swapIf(transposeA === true, a.shape.slice(-2));
    const [innerB, columns] = swapIf(transposeB === true, b.shape.slice(-2));
    if (inner !== innerB) {
      throw new Error(
        `Error in matMul: inner shapes (${String(inner)}) and (${String(innerB)}) of Tensors with shapes ` +
          `${a.shape.join()} and ${b.shape.join()} and transposeA=${String(transposeA)} and ` +
          `transposeB=${String(transposeB)} must match.`,
      );
    }
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return recording('BatchMatMul', [a, b], [...batch, rows, columns], 'float32', {
      transposeA: transposeA === true,
      transposeB: transposeB === true,
    });
  },
};

function swapIf(swap: boolean, [a = 1, b = 1]: readonly number[]): [number, number] {
  return swap ? [b, a] : [a, b];
}

/** A product of matrices, either of them transposed. */
export function emitMatMul(
  context: LoweringContext,
  a: string,
  b: string,
  { transposeA = false, transposeB = false, rank = 2 } = {},
): string {
  if (context.target.contribOperators) {
    return context.graph.emit(
      'FusedMatMul',
      [a, b],
      { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: 1 } },
      contribDomain,
    );
  }
  const swapped = Array.from({ length: rank }, (_, axis) => axis);
  swapped.splice(-2, 2, rank - 1, rank - 2);
  const turn = (tensor: string, yes: boolean): string =>
    yes ? context.transpose(tensor, swapped) : tensor;
  return context.graph.emit('MatMul', [turn(a, transposeA), turn(b, transposeB)]);
}

const matMul: Lowering = ({ outputs: [output], attributes }, [a, b], context) => {
  if (output === undefined || a === undefined || b === undefined) return [];
  const product = emitMatMul(context, context.tensor(a), context.tensor(b), {
    transposeA: attributes?.['transposeA'] === true,
    transposeB: attributes?.['transposeB'] === true,
    rank: output.shape.length,
  });
  return lowered(product, output);
};

/** Lowerings of products of matrices. */
export const matrixLowerings: Lowerings = { BatchMatMul: matMul };
