import type { SessionOptions } from './native.js';
import type { OrtSettings } from './settings.js';

/** What every graph is loaded with. Parallel execution of branches was measured slower than parallel operators. */
export function sessionOptions({ threads, executionProvider, profile }: OrtSettings): SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    executionProviders: executionProvider === 'cpu' ? ['cpu'] : [executionProvider, 'cpu'],
    graphOptimizationLevel: 'all',
    enableMemPattern: true,
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    ...(profile !== null && { enableProfiling: true, profileFilePrefix: profile }),
  };
}
