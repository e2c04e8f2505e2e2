import { sameShape, sizeOf } from '../graph/shape.js';
import type { OutputInfo, RecordedNode, Value } from '../recording/value.js';
import type { RewriteRule, RewriteScope } from './rewrite.js';

// What follows a convolution or a batch normalisation and nothing else sees, it does on its way out.

/** Whether a value is one number per channel of a map. */
function isPerChannel(value: Value, channels: number): boolean {
  return value.shape.at(-1) === channels && sizeOf(value.shape) === channels;
}

const convolutions = new Set(['Conv2D', 'Conv2DBackpropInput']);

/** A convolution whose result nothing else uses and that ends in none of the given ways yet. */
function openConvolution(
  value: Value | undefined,
  scope: RewriteScope,
  ...ends: readonly string[]
): RecordedNode | undefined {
  const node = value?.node;
  if (value === undefined || node == null || !convolutions.has(node.op)) return undefined;
  if (scope.uses(value) !== 1) return undefined;
  return ends.some((end) => node.attributes?.[end] === true) ? undefined : node;
}

/** A bias added to a convolution's result. */
export const convolutionBias: RewriteRule = ({ op, inputs, outputs: [output] }, scope) => {
  if (op !== 'Add' || output?.shape.length !== 4) return undefined;
  const map = inputs.find((input) => openConvolution(input, scope, 'bias', 'sum', 'relu'));
  const bias = inputs.find((input) => input !== map);
  const node = map?.node;
  if (map === undefined || node == null || bias === undefined) return undefined;
  if (!isPerChannel(bias, map.shape[3] ?? 0)) return undefined;
  const attributes = { ...node.attributes, bias: true };
  return scope.make(node.op, [...node.inputs, bias], attributes, [output])[0];
};

/** A batch normalisation by given statistics goes into the filter and the bias before it. */
export const foldedBatchNorm: RewriteRule = ({ op, inputs, attributes, outputs }, scope) => {
  const [map, mean, variance, ...rest] = inputs;
  const node = op === 'FusedBatchNorm' ? openConvolution(map, scope, 'sum', 'relu') : undefined;
  if (node === undefined || mean === undefined || variance === undefined) return undefined;
  const [x, filter, bias] = node.inputs;
  if (x === undefined || filter === undefined) return undefined;
  const vector: OutputInfo = { shape: mean.shape, dtype: 'float32' };
  const make = (kernel: string, ...operands: Value[]): Value =>
    scope.make(kernel, operands, undefined, [vector])[0] ?? mean;
  const gamma = attributes?.['scale'] === true ? rest.shift() : undefined;
  const beta = attributes?.['offset'] === true ? rest.shift() : undefined;
  const eps = scope.make('Fill', [], { value: String(attributes?.['eps']) }, [vector])[0] ?? mean;
  const inverse = make('Rsqrt', make('Add', variance, eps));
  const scale = gamma === undefined ? inverse : make('Multiply', gamma, inverse);
  const centered = bias === undefined ? make('Neg', mean) : make('Sub', bias, mean);
  const scaled = make('Multiply', centered, scale);
  const shift = beta === undefined ? scaled : make('Add', scaled, beta);
  const scaledFilter = scaleFilter(node, filter, scale, scope);
  const ends = { ...node.attributes, bias: true };
  return scope.make(node.op, [x, scaledFilter, shift], ends, outputs)[0];
};

/** A filter times one number per output channel, which the filters of transposed convolutions have before the last axis. */
function scaleFilter(
  { op }: RecordedNode,
  filter: Value,
  scale: Value,
  scope: RewriteScope,
): Value {
  const channels = scale.shape.at(-1) ?? 1;
  const shape = op === 'Conv2D' ? [channels] : [channels, 1];
  const [aligned = scale] = scope.make('Reshape', [scale], undefined, [
    { shape, dtype: 'float32' },
  ]);
  return scope.make('Multiply', [filter, aligned], undefined, [filter])[0] ?? filter;
}

/** A map of the same shape added to a convolution's or a batch normalisation's result, as at the end of a residual block. */
export const fusedSum: RewriteRule = ({ op, inputs: [a, b], outputs: [output] }, scope) => {
  if (op !== 'Add' || a === undefined || b === undefined || output === undefined) return undefined;
  if (a === b || !sameShape(a.shape, b.shape)) return undefined;
  const isOpen = (value: Value): boolean => {
    if (value.node?.op === 'BatchNormTraining') {
      const { sum, relu } = value.node.attributes ?? {};
      return value.index === 0 && scope.uses(value) === 1 && sum !== true && relu !== true;
    }
    return (
      value.node?.op === 'Conv2D' && openConvolution(value, scope, 'sum', 'relu') !== undefined
    );
  };
  const [map, other] = isOpen(b) ? [b, a] : [a, b];
  const node = map.node;
  if (node == null || !isOpen(map)) return undefined;
  const attributes = { ...node.attributes, sum: true };
  return scope.make(node.op, [...node.inputs, other], attributes, node.outputs)[0];
};

const endsInRelu = new Set([...convolutions, 'BatchNormTraining', 'FusedBatchNorm']);

/** ReLU of what can end in it. */
export const fusedRelu: RewriteRule = ({ op, inputs: [x] }, scope) => {
  const node = x?.node;
  if (op !== 'Relu' || x === undefined || node == null) return undefined;
  if (!endsInRelu.has(node.op) || x.index !== 0 || scope.uses(x) !== 1) return undefined;
  if (node.attributes?.['relu'] === true) return undefined;
  return scope.make(node.op, node.inputs, { ...node.attributes, relu: true }, node.outputs)[0];
};
