import { isRight, tolerance, type StepCheck } from './check-step.js';
import { hintsFor, missingLibraries } from './hints.js';
import type { Machine } from './machine/machine.js';
import type { ProbeFailure, ProbeOutcome } from './probe-engine.js';
import type { Speed } from './time-steps.js';

/** What is known of an engine on this machine. */
export interface EngineReport {
  readonly name: string;
  readonly starts: boolean;
  /** Why it does not start, or is not correct; `null` if all is well. */
  readonly reason: string | null;
  /** Whether it fails by an error of its own, by a crash of the process or by a hang; `null` if it does not fail. */
  readonly failure: ProbeFailure['how'] | null;
  /** `false` where merely the engine's package is absent. */
  readonly installed: boolean;
  /** Native libraries that were looked for in vain, as the system's loader named them. */
  readonly missingLibraries: readonly string[];
  /** What the machine's facts add to the reason. */
  readonly hints: readonly string[];
  /** The TensorFlow.js backend that it made current, and the seconds until then. */
  readonly backend: string | null;
  readonly startSeconds: number | null;
  /** Whether loss, logits and gradients of small networks are PyTorch's; `null` if it did not start. */
  readonly correct: boolean | null;
  /** The largest error of them, and what still counts as right, relative to the largest entry of a tensor. */
  readonly error: number | null;
  readonly tolerance: number;
  readonly checks: readonly StepCheck[];
  /** `null` if it did not come so far. */
  readonly speed: Speed | null;
  readonly warnings: readonly string[];
}

/** What an outcome says of an engine. */
export function reportOf(name: string, outcome: ProbeOutcome, machine: Machine): EngineReport {
  const { started, steps, speed, failure, warnings, stderr } = outcome;
  const checks = steps ?? [];
  const right = checks.length > 0 && checks.every(isRight);
  const correct = started === null ? null : right && failure === null;
  const missing = failure === null ? [] : missingLibraries(`${failure.message}\n${stderr}`);
  return {
    name,
    starts: started !== null,
    reason: failure?.message ?? (correct === false ? wrong(checks) : null),
    failure: failure?.how ?? null,
    installed: failure?.notInstalled !== true,
    missingLibraries: missing,
    hints: failure === null ? [] : hintsFor(failure.message, missing, machine),
    backend: started?.backend ?? null,
    startSeconds: started?.seconds ?? null,
    correct,
    error: checks.length === 0 ? null : Math.max(...checks.map(({ error }) => error)),
    tolerance,
    checks,
    speed,
    warnings,
  };
}

function wrong(checks: readonly StepCheck[]): string {
  const described = checks
    .filter((check) => !isRight(check))
    .map(
      ({ network, worst, error }) => `${worst} of the ${network} is off by ${error.toPrecision(2)}`,
    );
  return (
    `a training step is not PyTorch's: ${described.join(', ')} of its largest entry, where at most ` +
    `${String(tolerance)} is rounding. Do not train on it; please report this with the output of "npx segkit doctor --json".`
  );
}
