/** What a backend did so far, to see why a program is slow. */
export interface OrtStats {
  /** Times that recorded kernels were run because something was read. */
  readonly flushes: number;
  /** Graphs built and loaded. */
  readonly compiles: number;
  /** Flushes that found their graph ready. */
  readonly cacheHits: number;
  /** Graphs that are loaded now. */
  readonly graphs: number;
  /** Calls of kernels without a lowering, run by tfjs-backend-cpu, by kernel. */
  readonly fallbacks: Readonly<Record<string, number>>;
  /** Kernels recorded. */
  readonly recorded: number;
  /** Seconds inside ONNX Runtime's `run`. */
  readonly runSeconds: number;
  /** Seconds of building and loading graphs. */
  readonly compileSeconds: number;
  /** Most bytes of tensors, arrays kept for reuse included, that were held at once. ONNX Runtime's own are not counted. */
  readonly peakBytes: number;
}

/** The counters behind {@link OrtStats}. */
export class StatsCounter {
  flushes = 0;
  compiles = 0;
  cacheHits = 0;
  recorded = 0;
  runSeconds = 0;
  compileSeconds = 0;
  peakBytes = 0;
  readonly fallbacks = new Map<string, number>();

  countFallback(kernel: string): void {
    this.fallbacks.set(kernel, (this.fallbacks.get(kernel) ?? 0) + 1);
  }

  snapshot(graphs: number): OrtStats {
    const { flushes, compiles, cacheHits, recorded, runSeconds, compileSeconds, peakBytes } = this;
    return {
      flushes,
      compiles,
      cacheHits,
      graphs,
      fallbacks: Object.fromEntries(this.fallbacks),
      recorded,
      runSeconds,
      compileSeconds,
      peakBytes,
    };
  }
}
