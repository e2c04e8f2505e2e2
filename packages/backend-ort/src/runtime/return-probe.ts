import { messageOf } from '../errors.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import type { NativeRuntime } from './native.js';
import { probeGraph } from './probe-graph.js';

/** What `onnxruntime-node` says when it comes to an output that is no tensor, after the graph has run. */
const refusal = 'Non tensor type is temporarily not supported.';

/** Whether a run ended well but for an output that was not to be returned. */
export function isReturnRefusal(error: unknown): boolean {
  return messageOf(error) === refusal;
}

/**
 * Finds out whether {@link GraphBuilder.skipReturn} keeps `onnxruntime-node` from copying outputs that were already written
 * where they belong: a saving of one copy of all weights per training step.
 */
export function probeSkippedReturn(runtime: NativeRuntime): boolean {
  const graph = new GraphBuilder();
  const input = graph.input('x', 'float32', [2]);
  graph.output(graph.emit('Neg', [input]), 'y', 'float32', [2]);
  const nothing = graph.skipReturn();
  const x = runtime.tensor('float32', Float32Array.of(1, 2), [2]);
  const y = new Float32Array(2);
  try {
    probeGraph(
      runtime,
      graph.encode('reversed'),
      { x },
      { [nothing]: null, y: runtime.tensor('float32', y, [2]) },
    );
    return false;
  } catch (error) {
    return isReturnRefusal(error) && y[0] === -1 && y[1] === -2;
  }
}
