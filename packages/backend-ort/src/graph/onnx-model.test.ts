import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';

import { GraphBuilder } from './graph-builder.js';
import type { AttributeMap } from './onnx-model.js';

// What the encoder writes is read by the public API of onnxruntime-node, a decoder that is not ours.

type Feeds = Readonly<Record<string, Tensor>>;

const reals = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  new Tensor('float32', Float32Array.from(values), shape);

async function run(graph: GraphBuilder, feeds: Feeds, output = 'y'): Promise<(number | bigint)[]> {
  const session = await InferenceSession.create(graph.encode());
  const { [output]: result } = await session.run(feeds);
  await session.release();
  const data = result?.data;
  return data instanceof BigInt64Array ? [...data] : [...(data as Float32Array)];
}

/** The result of one operator with attributes. */
async function ofOperator(
  type: string,
  inputs: Feeds,
  attributes: AttributeMap,
  shape: readonly number[],
): Promise<(number | bigint)[]> {
  const graph = new GraphBuilder();
  const names = Object.entries(inputs).map(([name, { dims }]) =>
    graph.input(name, 'float32', dims),
  );
  graph.output(graph.emit(type, names, attributes), 'y', 'float32', shape);
  return run(graph, inputs);
}

describe('attributes', () => {
  it('integers, also negative ones', async () => {
    const x = reals([1, 2, 3, 4], [2, 2]);
    expect(await ofOperator('Concat', { a: x, b: x }, { axis: -1 }, [2, 4])).toEqual([
      1, 2, 1, 2, 3, 4, 3, 4,
    ]);
    expect(await ofOperator('Concat', { a: x, b: x }, { axis: 0 }, [4, 2])).toEqual([
      1, 2, 3, 4, 1, 2, 3, 4,
    ]);
  });

  it('lists of integers', async () => {
    const x = reals([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(await ofOperator('Transpose', { x }, { perm: [1, 0] }, [3, 2])).toEqual([
      1, 4, 2, 5, 3, 6,
    ]);
  });

  it('real numbers', async () => {
    const x = reals([-4, 2]);
    expect(await ofOperator('LeakyRelu', { x }, { alpha: { float: 0.25 } }, [2])).toEqual([-1, 2]);
  });

  it('texts', async () => {
    const inputs = { x: reals([1, 2, 3, 4], [1, 1, 2, 2]), w: reals([1], [1, 1, 1, 1]) };
    const attributes = { auto_pad: 'SAME_UPPER', strides: [2, 2] };
    expect(await ofOperator('Conv', inputs, attributes, [1, 1, 1, 1])).toEqual([1]);
  });

  it('lists of real numbers', async () => {
    const graph = new GraphBuilder();
    graph.output(
      graph.emit('Constant', [], { value_floats: { floats: [1.5, -2] } }),
      'y',
      'float32',
      [2],
    );
    expect(await run(graph, {})).toEqual([1.5, -2]);
  });

  it('left out where they are undefined', async () => {
    const x = reals([1, 2]);
    expect(await ofOperator('Neg', { x }, { axis: undefined }, [2])).toEqual([-1, -2]);
  });
});

describe('constants', () => {
  it('of every type, with negative, large and special numbers', async () => {
    const integers = [-1, 0, 2 ** 40, -(2 ** 40)];
    const graph = new GraphBuilder();
    graph.output(graph.integers(integers), 'y', 'int64', [4]);
    expect(await run(graph, {})).toEqual(integers.map(BigInt));
    for (const [dtype, values] of [
      ['float32', [NaN, -0, 1e-40, Infinity]],
      ['int32', [-(2 ** 31), 2 ** 31 - 1, 0]],
      ['bool', [0, 1, 1]],
    ] as const) {
      const other = new GraphBuilder();
      other.output(other.constant(values, [values.length], dtype), 'y', dtype, [values.length]);
      const received = await run(other, {});
      expect(received).toEqual(dtype === 'float32' ? [...Float32Array.from(values)] : values);
    }
  });

  it('are written once, and 0 is not -0', async () => {
    const graph = new GraphBuilder();
    expect(graph.scalar(0)).toBe(graph.scalar(0));
    expect(graph.scalar(0)).not.toBe(graph.scalar(-0));
    expect(graph.scalar(1)).not.toBe(graph.scalar(1, 'int32'));
    expect(graph.scalar(1)).not.toBe(graph.constant([1], [1]));
    const x = graph.input('x', 'float32', [1]);
    graph.output(graph.emit('Div', [x, graph.scalar(-0)]), 'y', 'float32', [1]);
    expect(await run(graph, { x: reals([1]) })).toEqual([-Infinity]);
  });
});

it('a model in reverse order runs the same', async () => {
  const graph = new GraphBuilder();
  let tensor = graph.input('x', 'float32', [2]);
  for (const type of ['Neg', 'Exp', 'Sqrt', 'Neg']) tensor = graph.emit(type, [tensor]);
  graph.output(tensor, 'y', 'float32', [2]);
  const feeds = { x: reals([0, -2]) };
  const session = await InferenceSession.create(graph.encode('reversed'));
  const { y } = await session.run(feeds);
  await session.release();
  expect(Array.from(y?.data as Float32Array)).toEqual(await run(graph, feeds));
});
