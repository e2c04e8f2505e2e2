/** Base of what this package throws on purpose; the message says where, what was expected and how to fix it. */
export class OrtBackendError extends Error {
  override readonly name: string = 'OrtBackendError';
}

/** The native library cannot be used on this machine. */
export class RuntimeUnavailableError extends OrtBackendError {
  override readonly name = 'RuntimeUnavailableError';
  /** The message without "backend ort:", for programs that tell it under a name of their own. */
  readonly reason: string;
  /** Whether the package `onnxruntime-node` is absent, rather than broken. */
  readonly notInstalled: boolean;

  constructor(reason: string, options: ErrorOptions & { readonly notInstalled?: boolean } = {}) {
    super(`backend ort: ${reason}`, options);
    this.reason = reason;
    this.notInstalled = options.notInstalled ?? false;
  }
}

/** ONNX Runtime refused a graph, or failed to run it; names the tfjs kernel and the shapes it came from. */
export class GraphError extends OrtBackendError {
  override readonly name = 'GraphError';
}

/** Memory did not suffice for a graph; the process can go on. */
export class OutOfMemoryError extends OrtBackendError {
  override readonly name = 'OutOfMemoryError';
}

/** What a caught value says of itself; anything can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
