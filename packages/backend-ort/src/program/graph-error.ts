import { GraphError, messageOf, OutOfMemoryError } from '../errors.js';

/**
 * An error of ONNX Runtime with the tfjs kernel and the shapes that the graph's node came from: they are the node's name.
 * @param what - What the graph does not do.
 */
export function graphError(what: string, cause: unknown): GraphError | OutOfMemoryError {
  const text = messageOf(cause);
  const origin = /(\w+(?: \[[\dx]*\],?)*)#\d+/.exec(text)?.[1];
  const from = origin === undefined ? '' : ` at the tfjs kernel ${origin}`;
  if (/bad_alloc|Failed to allocate|out of memory|OrtAllocator|BFCArena|bfc_arena/i.test(text)) {
    return new OutOfMemoryError(
      `backend ort: memory did not suffice for a graph${from}; use smaller batches or images. ONNX Runtime: ${text}`,
      { cause },
    );
  }
  return new GraphError(`backend ort: a graph ${what}${from}. ONNX Runtime: ${text}`, { cause });
}
