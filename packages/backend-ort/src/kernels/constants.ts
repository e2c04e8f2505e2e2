import { isNumeric } from '../graph/dtype.js';
import { lowered, loweredConstant } from '../lowering/lowered.js';
import type { Lowerings } from '../lowering/lowering-context.js';
import { dtypeOf, inputOf, recording, type Recorders } from './recorder.js';

// Tensors of one number.

/** Whether a number is one of those that formulas are full of, rather than one that changes from step to step. */
function isUsual(value: number): boolean {
  return !Number.isFinite(value) || (Math.abs(value) <= 16 && Number.isInteger(value * 2));
}

/**
 * Recorders of kernels that fill. The number becomes a part of the graph; any but the usual ones are left to
 * tfjs-backend-cpu, which waits for nothing, as there would be a graph for each. They are kept as texts: JSON, which tells
 * recordings apart, has no infinity.
 */
export const constantRecorders: Recorders = {
  Fill: (_, { shape, value, dtype }) => {
    const type = (dtype ?? 'float32') as string;
    if (!isNumeric(type) || typeof value !== 'number' || !isUsual(value)) return null;
    return recording('Fill', [], shape as number[], type, { value: String(value) });
  },
  ZerosLike: (inputs) => {
    const x = inputOf(inputs, 'x');
    return recording('Fill', [], x.shape, dtypeOf(x), { value: '0' });
  },
  OnesLike: (inputs) => {
    const x = inputOf(inputs, 'x');
    return recording('Fill', [], x.shape, dtypeOf(x), { value: '1' });
  },
};

/** Lowerings of kernels that fill. */
export const constantLowerings: Lowerings = {
  Fill: ({ outputs: [output], attributes }, _, context) => {
    if (output === undefined) return [];
    const value = Number(attributes?.['value']);
    const stored = output.dtype === 'float32' ? Math.fround(value) : Math.trunc(value);
    if (Number.isFinite(stored)) return loweredConstant(stored, output);
    const name = context.graph.scalar(stored, output.dtype);
    const ones = output.shape.map(() => 1);
    return lowered(context.reshape(name, ones), output, 'plain', ones);
  },
};
