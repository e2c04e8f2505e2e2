import type { ResolvedSpec } from '@segkit/core';

import type { StepCheck } from './check-step.js';
import type { Speed } from './time-steps.js';

/** What a probe is told, as JSON in its only argument. */
export interface ProbeTask {
  /** The engine to try, with options that are not the defaults; `null` finds the one that runs without an `engine` in the config, and ends there. */
  readonly engine: ResolvedSpec | null;
  /** Modules of `--plugin`. */
  readonly plugins: readonly string[];
}

/** What a probe is at, in this order. */
export type Stage = 'load plugins' | 'start' | 'check' | 'time';

/** What a probe tells. */
export type ProbeMessage =
  | { readonly type: 'stage'; readonly stage: Stage }
  | {
      readonly type: 'started';
      readonly engine: string;
      readonly backend: string;
      readonly seconds: number;
    }
  /** A training step is made, which shows that the engine is alive. */
  | { readonly type: 'step' }
  | { readonly type: 'checked'; readonly steps: readonly StepCheck[] }
  | { readonly type: 'timed'; readonly speed: Speed }
  | { readonly type: 'failed'; readonly message: string; readonly notInstalled: boolean }
  /** The logger's warnings. */
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'done' };
