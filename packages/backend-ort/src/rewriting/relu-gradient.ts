import type { RewriteRule } from './rewrite.js';

/**
 * `step(x)` where `relu(x)` is known: `step(relu(x))`, which is the same, so that `x` need not be kept for the gradient.
 */
export const stepOfRelu: RewriteRule = ({ op, inputs: [x], attributes, outputs }, scope) => {
  if (op !== 'Step' || attributes?.['alpha'] !== 0 || x === undefined) return undefined;
  const relu = scope.firstReader('Relu', x);
  if (relu === undefined) return undefined;
  return scope.make('Step', [relu], attributes, outputs)[0];
};

/** `dy * step(y)`, tfjs's gradient of ReLU, as one kernel. */
export const reluGradient: RewriteRule = ({ op, inputs, outputs }, scope) => {
  if (op !== 'Multiply') return undefined;
  const step = inputs.find(({ node }) => node?.op === 'Step' && node.attributes?.['alpha'] === 0);
  const dy = inputs.find((input) => input !== step);
  const y = step?.node?.inputs[0];
  if (step === undefined || dy === undefined || y === undefined) return undefined;
  if (dy.shape.join() !== y.shape.join()) return undefined;
  return scope.make('ReluGrad', [dy, y], undefined, outputs)[0];
};
