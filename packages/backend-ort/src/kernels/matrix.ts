import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import { contribDomain } from '../graph/graph-builder.js';
import { broadcastShape } from '../graph/shape.js';
import { lowerElements } from '../lowering/element-wise.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering/lowering-context.js';
import type { KernelAttributes, RecordedNode } from '../recording/value.js';
import { isFusedActivation, lowerActivation } from './activations.js';
import { dtypeOf, inputList, inputOf, recording, type Recorders } from './recorder.js';

// Products of matrices.

interface Turns {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function turnsOf(attrs: KernelAttributes): Turns {
  return { transposeA: attrs['transposeA'] === true, transposeB: attrs['transposeB'] === true };
}

function swapIf(swap: boolean, [a = 1, b = 1]: readonly number[]): [number, number] {
  return swap ? [b, a] : [a, b];
}

/** Shape of a product. @throws Error if the matrices do not fit. */
function productShape(a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: Turns): number[] {
  util.assert(
    a.shape.length >= 2 && b.shape.length >= 2,
    () =>
      `Error in matMul: inputs must have at least rank 2, got ${a.shape.length} and ${b.shape.length}.`,
  );
  const [rows, inner] = swapIf(transposeA, a.shape.slice(-2));
  const [innerB, columns] = swapIf(transposeB, b.shape.slice(-2));
  util.assert(
    inner === innerB,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${innerB}) of Tensors with shapes ${a.shape.join()} and ` +
      `${b.shape.join()} and transposeA=${String(transposeA)} and transposeB=${String(transposeB)} must match.`,
  );
  return [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
}

/** Recorders of products of matrices. */
export const matrixRecorders: Recorders = {
  BatchMatMul: (inputs, attrs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    if (a.dtype === 'bool' || a.dtype !== b.dtype) return null;
    const turns = turnsOf(attrs);
    return recording('BatchMatMul', [a, b], productShape(a, b, turns), dtypeOf(a), { ...turns });
  },
  _FusedMatMul: (inputs, attrs) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    const { bias, preluActivationWeights: slopes } = inputs;
    const activation = (attrs['activation'] ?? 'linear') as string;
    const given = [a, b, ...(bias ? [bias] : []), ...(slopes ? [slopes] : [])];
    if (given.some(({ dtype }) => dtype !== 'float32') || !isFusedActivation(activation))
      return null;
    const turns = turnsOf(attrs);
    return recording('_FusedMatMul', given, productShape(a, b, turns), 'float32', {
      ...turns,
      bias: bias != null,
      activation,
      alpha: attrs['leakyreluAlpha'],
    });
  },
  Einsum: (inputs, attrs) => {
    const terms = inputList(inputs);
    const [first] = terms;
    const equation = attrs['equation'] as string;
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, terms.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, terms as never);
    const isKnown = first !== undefined && terms.every(({ dtype }) => dtype === first.dtype);
    if (!isKnown || first.dtype === 'bool') return null;
    const lengths = new Map<number, number>();
    terms.forEach(({ shape }, term) => {
      shape.forEach((length, axis) => lengths.set(idDims[term]?.[axis] ?? -1, length));
    });
    const letters = Array.from(equation.split('->')[1]?.match(/[A-Za-z]/g) ?? []);
    const shape = letters.map((letter) => lengths.get(allDims.indexOf(letter)) ?? 1);
    return recording('Einsum', terms, shape, dtypeOf(first), { equation });
  },
};

/** A product of real matrices, either of them transposed. */
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
  return plainMatMul(context, [a, rank, transposeA], [b, rank, transposeB]);
}

type Factor = readonly [tensor: string, rank: number, transposed: boolean];

/** For integers, and where there are no other operators than ONNX's. */
function plainMatMul(context: LoweringContext, ...factors: readonly [Factor, Factor]): string {
  const turned = factors.map(([tensor, rank, transposed]) => {
    if (!transposed) return tensor;
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    axes.splice(-2, 2, rank - 1, rank - 2);
    return context.transpose(tensor, axes);
  });
  return context.graph.emit('MatMul', turned);
}

function lowerProduct(
  { outputs: [output], attributes = {} }: RecordedNode,
  [a, b]: readonly Lowered[],
  context: LoweringContext,
): Lowered | undefined {
  if (output === undefined || a === undefined || b === undefined) return undefined;
  const { transposeA, transposeB } = turnsOf(attributes);
  const factors = [
    [context.tensor(a), a.shape.length, transposeA],
    [context.tensor(b), b.shape.length, transposeB],
  ] as const;
  const isFused = output.dtype === 'float32' && context.target.contribOperators;
  const product = isFused
    ? emitMatMul(context, factors[0][0], factors[1][0], { transposeA, transposeB })
    : plainMatMul(context, ...factors);
  return lowered(product, output);
}

const matMul: Lowering = (node, inputs, context) => lowerProduct(node, inputs, context) ?? [];

const fusedMatMul: Lowering = (node, inputs, context) => {
  const { attributes = {} } = node;
  const product = lowerProduct(node, inputs, context);
  if (product === undefined) return [];
  const [bias, slopes] = attributes['bias'] === true ? inputs.slice(2) : [undefined, inputs[2]];
  const sum =
    bias === undefined
      ? product
      : lowerElements(context, [product, bias], product, (...operands) =>
          context.graph.emit('Add', operands),
        );
  return lowerActivation(context, sum, {
    name: String(attributes['activation']),
    alpha: Number(attributes['alpha']),
    slopes,
  });
};

const einsum: Lowering = ({ outputs: [output], attributes }, inputs, context) => {
  if (output === undefined) return [];
  const terms = inputs.map((term) => context.tensor(term));
  const equation = String(attributes?.['equation']);
  return lowered(context.graph.emit('Einsum', terms, { equation }), output);
};

/** Lowerings of products of matrices. */
export const matrixLowerings: Lowerings = {
  BatchMatMul: matMul,
  _FusedMatMul: fusedMatMul,
  Einsum: einsum,
};
