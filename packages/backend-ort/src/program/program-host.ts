import type { Target } from '../lowering/lowering-context.js';
import type { NativeRuntime, SessionOptions } from '../runtime/native.js';

/** What all programs of a backend share. */
export interface ProgramHost {
  readonly runtime: NativeRuntime;
  readonly target: Target;
  /** Whether ONNX Runtime can be kept from copying every output. */
  readonly skipsReturn: boolean;
  /** Options of a graph that is run again and again, which keeps its memory, or of one that runs once. */
  sessionOptions(runsOften: boolean): SessionOptions;
}
