import { describe, expect, it } from 'vitest';

import type { OnnxNode } from '../graph/onnx-model.js';
import { Storage } from '../recording/storage.js';
import { Value } from '../recording/value.js';
import { planInPlace } from './in-place.js';

/** `sum = Add(a, b)`, or `q, r = Split(x)`. */
function node(text: string): OnnxNode {
  const [outputs = '', call = ''] = text.split(' = ');
  const [type = '', inputs = ''] = call.replace(')', '').split('(');
  return {
    name: text,
    type,
    domain: '',
    inputs: inputs.split(', '),
    outputs: outputs.split(', '),
    attributes: {},
  };
}

const lengthOf: Readonly<Record<string, number>> = { small: 3, scalar: 1 };

/** A known vector of 4, 3 (`small…`) or a scalar (`scalar…`). */
function known(name: string): Value {
  const kind = Object.keys(lengthOf).find((prefix) => name.startsWith(prefix)) ?? '';
  const array = new Float32Array(lengthOf[kind] ?? 4);
  const shape = kind === 'scalar' ? [] : [array.length];
  return new Value({ shape, dtype: 'float32' }, new Storage('float32', array, kind === 'scalar'));
}

/** By output: the input that lends its memory. */
function lenders(
  nodes: readonly string[],
  inputs: readonly string[],
  outputs: readonly string[],
): (string | undefined)[] {
  const lending = inputs.map((name, leaf) => ({ name, leaf }));
  const targets = outputs.map((name) => ({ name, value: known(name) }));
  const leaves = planInPlace(nodes.map(node), lending, inputs.map(known), targets);
  return leaves.map((leaf) => inputs[leaf ?? -1]);
}

describe('an input lends its memory', () => {
  it('to an operator that reads and writes element by element', () => {
    expect(lenders(['y = Sub(w, g)'], ['w', 'small'], ['y'])).toEqual(['w']);
    expect(lenders(['y = Relu(w)'], ['w'], ['y'])).toEqual(['w']);
  });

  it('to what comes after all that read it', () => {
    const nodes = ['a = Sin(w)', 'b = Cos(w)', 'sum = Concat(a, b)', 'y = Split(sum)'];
    expect(lenders(nodes, ['w'], ['y'])).toEqual(['w']);
  });

  it('to one output alone', () => {
    expect(lenders(['y = Neg(w)', 'z = Neg(y)'], ['w'], ['y', 'z'])).toEqual(['w', undefined]);
    expect(lenders(['y = Neg(w)', 'z = Neg(v)'], ['w', 'v'], ['y', 'z'])).toEqual(['w', 'v']);
  });

  it('as all the weights of an optimiser do', () => {
    const nodes = ['m1 = Add(m, g)', 'v1 = Mul(v, g)', 'u = Div(m1, v1)', 'w1 = Sub(w, u)'];
    expect(lenders(nodes, ['w', 'm', 'v', 'g'], ['w1', 'm1', 'v1'])).toEqual(['w', 'm', 'v']);
  });

  it('though a view of it was read', () => {
    expect(lenders(['view = Reshape(w)', 'a = Sin(view)', 'y = Neg(a)'], ['w'], ['y'])).toEqual([
      'w',
    ]);
  });
});

describe('an input keeps its memory', () => {
  it('from an operator that reads in another order', () => {
    expect(lenders(['y = Transpose(w)'], ['w'], ['y'])).toEqual([undefined]);
    expect(lenders(['y = MatMul(w, w)'], ['w'], ['y'])).toEqual([undefined]);
  });

  it('from an output that may come before another reader', () => {
    expect(lenders(['y = Neg(w)', 'z = Sin(w)'], ['w'], ['y'])).toEqual([undefined]);
    expect(lenders(['y = Neg(w)', 'z = Sin(w)'], ['w'], ['z'])).toEqual([undefined]);
  });

  it('from an operator that reads a view of it', () => {
    expect(lenders(['view = Reshape(w)', 'y = Neg(view)'], ['w'], ['y'])).toEqual([undefined]);
    expect(lenders(['view = Identity(w)', 'z = Sin(view)', 'y = Neg(w)'], ['w'], ['y'])).toEqual([
      undefined,
    ]);
  });

  it('from an output of another size', () => {
    expect(lenders(['small = Neg(w)'], ['w'], ['small'])).toEqual([undefined]);
  });

  it('if it is a scalar, which constants share', () => {
    expect(lenders(['scalar1 = Neg(scalar)'], ['scalar'], ['scalar1'])).toEqual([undefined]);
  });

  it('from an output that nothing writes', () => {
    expect(lenders(['z = Neg(w)'], ['w'], ['y'])).toEqual([undefined]);
  });
});
