import { isNumeric, onnxType, type Dtype } from '../graph/dtype.js';
import { lowerElements } from '../lowering/element-wise.js';
import { loweredConstant } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import { inputOf, recording, type Recorders } from './recorder.js';

// Conversions between types of numbers.

/** ONNX's number for float64, the type that JavaScript computes with. */
const float64 = 11;
/** Any real number from here on is a multiple of 2^32. */
const farOut = 2 ** 62;
const lowBits = 2 ** 32 - 1;

/** A tensor in float64. */
export function toDouble(context: LoweringContext, tensor: string): string {
  return context.graph.emit('Cast', [tensor], { to: float64 });
}

/** A constant in float64; its value must be a float32. */
export function doubleConstant(context: LoweringContext, value: number): string {
  return toDouble(context, context.graph.scalar(value));
}

/** A float64 tensor in a dtype, as a typed array stores it. */
export function fromDouble(context: LoweringContext, tensor: string, dtype: Dtype): string {
  if (dtype === 'int32') return toInt32(context, tensor, (value) => doubleConstant(context, value));
  return context.graph.emit('Cast', [tensor], { to: onnxType[dtype] });
}

/**
 * Real numbers as an `Int32Array` stores them: towards zero, modulo 2^32, and 0 for NaN and infinities. ONNX leaves open
 * what becomes of numbers out of range.
 */
function toInt32(
  context: LoweringContext,
  tensor: string,
  constant: (value: number) => string,
): string {
  const { graph } = context;
  const inRange = graph.emit('Clip', [tensor, constant(-farOut), constant(farOut)]);
  const wide = graph.emit('Cast', [inRange], { to: onnxType.int64 });
  const low = graph.emit('BitwiseAnd', [wide, graph.scalar(lowBits, 'int64')]);
  return graph.emit('Cast', [low], { to: onnxType.int32 });
}

/** Recorder of conversions. */
export const castingRecorders: Recorders = {
  Cast: (inputs, { dtype }) => {
    const x = inputOf(inputs, 'x');
    const target = dtype as string;
    return isNumeric(target) ? recording('Cast', [x], x.shape, target) : null;
  },
};

function castNumber(value: number, dtype: Dtype): number {
  if (dtype === 'bool') return Number(value !== 0);
  return dtype === 'int32' ? value | 0 : value;
}

const cast: Lowering = ({ outputs: [output] }, [x], context) => {
  if (output === undefined || x === undefined) return [];
  const { dtype } = x;
  if (dtype === output.dtype) return x;
  if (x.constant !== undefined)
    return loweredConstant(castNumber(x.constant, output.dtype), output);
  return lowerElements(context, [x], output, (tensor = '') =>
    dtype === 'float32' && output.dtype === 'int32'
      ? toInt32(context, tensor, (value) => context.graph.scalar(value))
      : context.cast(tensor, dtype, output.dtype),
  );
};

/** Lowering of conversions. */
export const castingLowerings: Lowerings = { Cast: cast };
