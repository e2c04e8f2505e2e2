import type { NativeRuntime, OnnxTensor } from './native.js';

/**
 * Loads a small graph, runs it once and unloads it.
 * @throws What ONNX Runtime says if it does not take the graph, or does not run it.
 */
export function probeGraph(
  runtime: NativeRuntime,
  model: Uint8Array<ArrayBuffer>,
  feeds: Readonly<Record<string, OnnxTensor>>,
  fetches: Readonly<Record<string, OnnxTensor | null>>,
): void {
  const session = runtime.createSession();
  // It is expected to fail on some machines; that is no news for the user.
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, { logSeverityLevel: 4 });
  try {
    session.run(feeds, fetches, {});
  } finally {
    // A session that did not load cannot be unloaded either.
    session.dispose();
  }
}
