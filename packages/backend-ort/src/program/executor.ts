import type { ArrayPool } from '../recording/array-pool.js';
import type { Value } from '../recording/value.js';
import { probeBlockSize } from '../runtime/block-size.js';
import { loadRuntime, type NativeRuntime } from '../runtime/native.js';
import { probeSkippedReturn } from '../runtime/return-probe.js';
import { sessionOptions } from '../runtime/session-options.js';
import {
  checkSettings,
  defaultSettings,
  mergeSettings,
  type OrtSettings,
} from '../runtime/settings.js';
import type { StatsCounter } from '../runtime/stats.js';
import { Program } from './program.js';
import { ProgramCache } from './program-cache.js';
import type { ProgramHost } from './program-host.js';
import { ScalarPolicies } from './scalar-policy.js';
import { traceTargets } from './trace.js';

/** Turns recorded kernels into graphs, keeps these, and runs them. */
export class Executor {
  readonly #programs = new ProgramCache();
  readonly #policies = new ScalarPolicies();
  readonly #runtime: NativeRuntime;
  readonly #stats: StatsCounter;
  readonly #pool: ArrayPool;
  #settings: OrtSettings;
  #host: ProgramHost | undefined;

  /** @throws RuntimeUnavailableError if ONNX Runtime cannot be loaded. */
  constructor(settings: Partial<OrtSettings>, stats: StatsCounter, pool: ArrayPool) {
    checkSettings(settings);
    this.#settings = mergeSettings(defaultSettings(), settings);
    this.#runtime = loadRuntime();
    this.#stats = stats;
    this.#pool = pool;
  }

  /** Graphs that are loaded. */
  get graphs(): number {
    return this.#programs.size;
  }

  /** Changes settings; loaded graphs are dropped, because they hold the old ones. */
  configure(settings: Partial<OrtSettings>): void {
    checkSettings(settings);
    this.#settings = mergeSettings(this.#settings, settings);
    this.#host = undefined;
    this.#programs.clear();
  }

  /**
   * Computes the numbers of recorded values.
   * @param isAll - Whether nothing else that is recorded will need the inputs again.
   * @throws GraphError or OutOfMemoryError; the values are then still recorded.
   */
  compute(targets: readonly Value[], isAll: boolean): void {
    const stats = this.#stats;
    stats.flushes += 1;
    const trace = traceTargets(targets, this.#policies);
    let program = this.#programs.find(trace);
    if (program === undefined) {
      const start = performance.now();
      program = new Program(trace, this.#prepareHost());
      this.#programs.add(trace, program, this.#settings.maxGraphs);
      stats.compiles += 1;
      stats.compileSeconds += (performance.now() - start) / 1000;
    } else {
      stats.cacheHits += 1;
    }
    const results = program.run(trace, {
      pool: this.#pool,
      isFree: (storage) => isAll && storage.tensors === 0,
      countSeconds: (seconds) => {
        stats.runSeconds += seconds;
      },
    });
    targets.forEach((target, index) => {
      target.storage = results[index] ?? null;
      target.node = null;
    });
  }

  /** Unloads all graphs. */
  dispose(): void {
    this.#programs.clear();
  }

  #prepareHost(): ProgramHost {
    const settings = this.#settings;
    const onCpu = settings.executionProvider === 'cpu';
    this.#host ??= {
      runtime: this.#runtime,
      target: {
        blockSize: onCpu && settings.blockedLayout ? probeBlockSize(this.#runtime) : 0,
        contribOperators: onCpu,
        // The provider `webgpu` takes such a node and then fails.
        poolIndices: settings.executionProvider !== 'webgpu',
      },
      skipsReturn: probeSkippedReturn(this.#runtime),
      sessionOptions: (runsOften) => sessionOptions(settings, runsOften),
    };
    return this.#host;
  }
}
