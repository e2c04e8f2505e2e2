import { describe, expect, it } from 'vitest';

import { GraphBuilder } from './graph-builder.js';

function start(): { graph: GraphBuilder; x: string; end: (tensor: string, name?: string) => void } {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [2]);
  return {
    graph,
    x,
    end: (tensor, name = 'y') => {
      graph.output(tensor, name, 'float32', [2]);
    },
  };
}

const typesOf = (graph: GraphBuilder): string[] => graph.parts().nodes.map(({ type }) => type);

describe('a node that is there already', () => {
  it('is not written twice', () => {
    const { graph, x, end } = start();
    expect(graph.emit('Exp', [x])).toBe(graph.emit('Exp', [x]));
    end(graph.emit('Add', [graph.emit('Exp', [x]), graph.emit('Exp', [x])]));
    expect(typesOf(graph)).toEqual(['Exp', 'Add']);
  });

  it('is another with other attributes, inputs, domain or outputs', () => {
    const { graph, x } = start();
    const leaky = (float: number): string => graph.emit('LeakyRelu', [x], { alpha: { float } });
    expect(leaky(0.1)).not.toBe(leaky(0.2));
    expect(graph.emit('Sub', [x, 'a'])).not.toBe(graph.emit('Sub', ['a', x]));
    expect(graph.emit('Conv', [x])).not.toBe(graph.emit('Conv', [x], {}, 'com.microsoft.nchwc'));
    const two = graph.emitMany('Split', [x], { axis: 0 }, { outputs: 2 });
    const three = graph.emitMany('Split', [x], { axis: 0 }, { outputs: 3 });
    expect(two).toHaveLength(2);
    expect(three.some((name) => two.includes(name))).toBe(false);
  });
});

describe('parts', () => {
  it('leave out nodes, inputs and constants that no output needs', () => {
    const { graph, x, end } = start();
    const unused = graph.input('unused', 'float32', [2]);
    graph.emit('Mul', [unused, graph.scalar(3)]);
    end(graph.emit('Mul', [x, graph.scalar(2)]));
    const { nodes, inputs, initializers } = graph.parts();
    expect(nodes.map(({ type }) => type)).toEqual(['Mul']);
    expect(inputs.map(({ name }) => name)).toEqual(['x']);
    expect(initializers).toHaveLength(1);
  });

  it('name the node after the kernel it came from', () => {
    const { graph, x, end } = start();
    graph.setOrigin('Conv2D [1x2]');
    end(graph.emit('Neg', [x]));
    expect(graph.parts().nodes[0]?.name).toBe('Conv2D [1x2]#0');
  });

  it('write an output where it is computed', () => {
    const { graph, x, end } = start();
    end(graph.emit('Neg', [x]));
    expect(graph.parts().nodes).toMatchObject([{ type: 'Neg', inputs: ['x'], outputs: ['y'] }]);
  });

  it('copy what is an input, or an output already', () => {
    const { graph, x, end } = start();
    const negative = graph.emit('Neg', [x]);
    end(negative);
    end(negative, 'z');
    end(x, 'same');
    expect(graph.parts().nodes).toMatchObject([
      { type: 'Neg', outputs: ['y'] },
      { type: 'Identity', inputs: ['y'], outputs: ['z'] },
      { type: 'Identity', inputs: ['x'], outputs: ['same'] },
    ]);
  });
});
