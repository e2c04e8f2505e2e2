import type { SessionOptions } from './native.js';
import type { OrtSettings } from './settings.js';

/**
 * What every graph is loaded with, as measured: branches in parallel are slower than parallel operators; memory patterns
 * double the memory and save no time; our graphs leave ONNX Runtime's optimisers nothing to find, and load in a third of
 * the time without them.
 */
export function sessionOptions(
  { threads, executionProvider, profile }: OrtSettings,
  runsOften: boolean,
): SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    executionProviders: executionProvider === 'cpu' ? ['cpu'] : [executionProvider, 'cpu'],
    graphOptimizationLevel: 'disabled',
    enableMemPattern: false,
    // Without an arena memory goes back after every run, at the price of a page fault per page in the next.
    enableCpuMemArena: runsOften,
    logSeverityLevel: 3,
    // Threads that wait for the next operator in a loop would go on after the run, at the cost of everything that comes next.
    extra: { session: { force_spinning_stop: '1' } },
    ...(profile !== null && { enableProfiling: true, profileFilePrefix: profile }),
  };
}
