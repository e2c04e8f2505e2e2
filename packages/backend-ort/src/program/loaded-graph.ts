import { graphError } from './graph-error.js';
import type { ProgramHost } from './program-host.js';
import type { NativeSession, OnnxTensor } from '../runtime/native.js';
import { isReturnRefusal } from '../runtime/return-probe.js';

/** A graph in ONNX Runtime, loaded again when it turns out to run more than once. */
export class LoadedGraph {
  readonly #host: ProgramHost;
  readonly #model: Uint8Array<ArrayBuffer>;
  readonly #ignoredOutput: string | undefined;
  #session: NativeSession;
  #runs = 0;

  /**
   * @param ignoredOutput - The output of {@link GraphBuilder.skipReturn}, if the graph has it.
   * @param runsOften - Whether it is known to run again and again.
   * @throws GraphError if ONNX Runtime refuses the graph.
   */
  constructor(
    host: ProgramHost,
    model: Uint8Array<ArrayBuffer>,
    ignoredOutput: string | undefined,
    runsOften = false,
  ) {
    this.#host = host;
    this.#model = model;
    this.#ignoredOutput = ignoredOutput;
    this.#session = this.#load(runsOften);
    if (runsOften) this.#runs = 2;
  }

  /**
   * Runs the graph; `fetches` are written in place, those that are `null` are returned.
   * @throws GraphError or OutOfMemoryError.
   */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: Record<string, OnnxTensor | null>,
  ): Readonly<Record<string, OnnxTensor>> {
    this.#runs += 1;
    if (this.#runs === 2) {
      // Many graphs run only once and give back their working memory; this one keeps it from now on.
      this.#session.dispose();
      this.#session = this.#load(true);
    }
    if (this.#ignoredOutput !== undefined) fetches[this.#ignoredOutput] = null;
    try {
      return this.#session.run(feeds, fetches, {});
    } catch (cause) {
      if (this.#ignoredOutput !== undefined && isReturnRefusal(cause)) return {};
      throw graphError('does not run', cause);
    }
  }

  /** Unloads the graph, and writes its profile if there is one. */
  dispose(): void {
    if (this.#host.sessionOptions(true)['enableProfiling'] === true) this.#session.endProfiling();
    this.#session.dispose();
  }

  #load(runsOften: boolean): NativeSession {
    const session = this.#host.runtime.createSession();
    const { buffer, byteOffset, byteLength } = this.#model;
    try {
      session.loadModel(buffer, byteOffset, byteLength, this.#host.sessionOptions(runsOften));
    } catch (cause) {
      throw graphError('does not build', cause);
    }
    return session;
  }
}
