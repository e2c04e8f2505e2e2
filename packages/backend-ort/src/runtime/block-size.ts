import { blockedDomain, GraphBuilder } from '../graph/graph-builder.js';
import type { NativeRuntime } from './native.js';
import { probeGraph } from './probe-graph.js';

/**
 * Finds how many channels ONNX Runtime's blocked layout groups on this processor, by letting it reorder numbers that
 * tell where they went.
 * @returns 8 or 16; 0 where the layout does not exist.
 */
export function probeBlockSize(runtime: NativeRuntime): number {
  const channels = 16;
  const graph = new GraphBuilder();
  const input = graph.input('x', 'float32', [1, channels, 1, 2]);
  const blocked = graph.emit('ReorderInput', [input], { channels_last: 0 }, blockedDomain);
  // A plain operator shows the blocked numbers as they lie.
  const shown = graph.emit('Reshape', [blocked, graph.integers([2 * channels])]);
  graph.output(shown, 'y', 'float32', [2 * channels]);
  const x = Float32Array.from({ length: 2 * channels }, (_, i) => i);
  const y = new Float32Array(2 * channels);
  try {
    probeGraph(
      runtime,
      graph.encode(),
      { x: runtime.tensor('float32', x, [1, channels, 1, 2]) },
      { y: runtime.tensor('float32', y, [2 * channels]) },
    );
  } catch {
    return 0;
  }
  // Channel 0 of the second pixel, which was number 1, comes after the first block of the first pixel.
  const position = y.indexOf(1);
  return position === 8 || position === 16 ? position : 0;
}
