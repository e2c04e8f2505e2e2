import { blockedDomain } from '../graph/graph-builder.js';
import { sizeOf } from '../graph/shape.js';
import { lowerElements } from '../lowering/element-wise.js';
import type { Lowered } from '../lowering/lowered.js';
import type { LoweringContext } from '../lowering/lowering-context.js';
import type { KernelAttributes } from '../recording/value.js';
import { convolutionAttributes, type Geometry } from './convolution-geometry.js';

/** What a convolution does with its result, where following kernels were fused into it; in this order. */
export interface ConvolutionEnd {
  /** `[channels]`, added to every pixel. */
  readonly bias?: string | undefined;
  /** A map of the result's shape, added to it. */
  readonly sum?: Lowered | undefined;
  readonly relu?: boolean | undefined;
}

/** The end that a kernel was rewritten to have; `inputs` are those beyond its own. */
export function convolutionEnd(
  context: LoweringContext,
  attributes: KernelAttributes | undefined,
  inputs: readonly Lowered[],
): ConvolutionEnd {
  const rest = [...inputs];
  const bias = attributes?.['bias'] === true ? rest.shift() : undefined;
  const sum = attributes?.['sum'] === true ? rest.shift() : undefined;
  return {
    bias: bias && context.reshape(context.tensor(bias), [sizeOf(bias.shape)]),
    sum,
    relu: attributes?.['relu'] === true,
  };
}

/** A convolution in blocks, with all that ends it. */
export function emitBlocked(
  context: LoweringContext,
  map: string,
  filter: string,
  geometry: Geometry,
  { bias, sum, relu = false }: ConvolutionEnd = {},
): string {
  const inputs = [map, filter];
  if (bias !== undefined || sum !== undefined) inputs.push(bias ?? '');
  if (sum !== undefined) inputs.push(context.tensor(sum, 'blocked'));
  return context.graph.emit(
    'Conv',
    inputs,
    { ...convolutionAttributes(geometry), activation: relu ? 'Relu' : undefined },
    blockedDomain,
  );
}

/** The end, but for the bias, in operators of its own. */
export function endPlainly(
  context: LoweringContext,
  map: Lowered,
  { sum, relu = false }: ConvolutionEnd,
): Lowered {
  const { graph } = context;
  const added =
    sum === undefined
      ? map
      : lowerElements(context, [map, sum], map, (...operands) => graph.emit('Add', operands));
  if (!relu) return added;
  return lowerElements(context, [added], added, (...operands) => graph.emit('Relu', operands));
}

/** Channels that are missing to whole blocks. */
export function missingChannels(context: LoweringContext, channels: number): number {
  const { blockSize } = context.target;
  return (blockSize - (channels % blockSize)) % blockSize;
}
