import { sizeOf } from '../graph/shape.js';
import type { Value } from '../recording/value.js';
import type { RewriteRule } from './rewrite.js';

// What follows a convolution or a batch normalisation and nothing else sees, it does on its way out.

/** Whether a value is one number per channel of a map. */
function isPerChannel(value: Value, channels: number): boolean {
  return value.shape.at(-1) === channels && sizeOf(value.shape) === channels;
}

/** A bias added to a convolution's result. */
export const convolutionBias: RewriteRule = ({ op, inputs, outputs: [output] }, scope) => {
  if (op !== 'Add' || output?.shape.length !== 4) return undefined;
  const map = inputs.find(({ node }) => node?.op === 'Conv2D' && node.inputs.length === 2);
  const bias = inputs.find((input) => input !== map);
  if (map?.node == null || bias === undefined || scope.uses(map) !== 1) return undefined;
  if (map.node.attributes?.['relu'] === true) return undefined;
  if (!isPerChannel(bias, map.shape[3] ?? 0)) return undefined;
  return scope.make('Conv2D', [...map.node.inputs, bias], map.node.attributes, [output])[0];
};

const endsInRelu = new Set(['Conv2D', 'BatchNormTraining', 'FusedBatchNorm']);

/** ReLU of what can end in it. */
export const fusedRelu: RewriteRule = ({ op, inputs: [x] }, scope) => {
  const node = x?.node;
  if (op !== 'Relu' || x === undefined || node == null) return undefined;
  if (!endsInRelu.has(node.op) || x.index !== 0 || scope.uses(x) !== 1) return undefined;
  if (node.attributes?.['relu'] === true) return undefined;
  return scope.make(node.op, node.inputs, { ...node.attributes, relu: true }, node.outputs)[0];
};
