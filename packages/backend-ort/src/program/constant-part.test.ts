import { expect, it } from 'vitest';

import type { OnnxGraphParts, OnnxNode } from '../graph/onnx-model.js';
import { splitConstantPart } from './constant-part.js';

function node(type: string, inputs: readonly string[], output: string): OnnxNode {
  return { name: output, type, domain: '', inputs, outputs: [output], attributes: {} };
}

const value = (name: string) => ({ name, dtype: 'float32', shape: [2] }) as const;

/** `y = x + relu(w * c)`; `w` is constant, `c` is part of the graph. */
const graph: OnnxGraphParts = {
  nodes: [
    node('Mul', ['w', 'c'], 'product'),
    node('Relu', ['product'], 'filter'),
    node('Add', ['x', 'filter'], 'sum'),
    node('Mul', ['sum', 'c'], 'y'),
  ],
  inputs: [value('x'), value('w')],
  outputs: [value('y')],
  initializers: [{ ...value('c'), data: new Uint8Array(8) }],
};
const namesOf = (parts: readonly { readonly name: string }[]): string[] =>
  parts.map(({ name }) => name);

it('cuts off what depends on constants alone', () => {
  const split = splitConstantPart(graph, new Set(['w']))!;
  expect(namesOf(split.constant.nodes)).toEqual(['product', 'filter']);
  expect(namesOf(split.constant.inputs)).toEqual(['w']);
  expect(split.boundary).toEqual(['filter']);
  expect(namesOf(split.constant.outputs)).toEqual(['filter']);
  expect(namesOf(split.varying.nodes)).toEqual(['sum', 'y']);
  expect(namesOf(split.varying.inputs)).toEqual(['x']);
});

it('gives either part the constants of the graph that it reads', () => {
  const { constant, varying } = splitConstantPart(graph, new Set(['w']))!;
  expect([namesOf(constant.initializers), namesOf(varying.initializers)]).toEqual([['c'], ['c']]);
});

it('passes on an input that both parts read', () => {
  const nodes = [...graph.nodes.slice(0, 3), node('Mul', ['sum', 'w'], 'y')];
  const { varying } = splitConstantPart({ ...graph, nodes }, new Set(['w']))!;
  expect(namesOf(varying.inputs)).toEqual(['x', 'w']);
});

it('reads over inputs that are left out', () => {
  const nodes = [node('Clip', ['w', '', 'c'], 'filter'), node('Add', ['x', 'filter'], 'y')];
  expect(splitConstantPart({ ...graph, nodes }, new Set(['w']))?.boundary).toEqual(['filter']);
});

it('is not made where nothing, everything, or a result of the graph is constant', () => {
  expect(splitConstantPart(graph, new Set())).toBeUndefined();
  expect(splitConstantPart(graph, new Set(['x', 'w']))).toBeUndefined();
  const outputs = [...graph.outputs, value('filter')];
  expect(splitConstantPart({ ...graph, outputs }, new Set(['w']))).toBeUndefined();
});

it('leaves a node without inputs where it is', () => {
  const nodes = [node('SequenceEmpty', [], 'nothing'), ...graph.nodes];
  const split = splitConstantPart({ ...graph, nodes }, new Set(['w']));
  expect(namesOf(split?.varying.nodes ?? [])).toEqual(['nothing', 'sum', 'y']);
});
