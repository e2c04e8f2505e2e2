import type { ResolvedSpec } from '@segkit/core';

import { adviceFor, type Advice } from './advice.js';
import { reportOf, type EngineReport } from './engine-report.js';
import { readMachine, type Machine } from './machine/machine.js';
import { probeEngine } from './probe-engine.js';

/** What `segkit doctor` finds. */
export interface Diagnosis {
  /** The engine that runs if a config names none; `null` if none is found. */
  readonly auto: string | null;
  readonly autoReason: string;
  readonly engines: readonly EngineReport[];
  /** What would make matters better; `null` if nothing is known. */
  readonly advice: Advice | null;
  readonly machine: Machine;
}

/** What is examined. */
export interface ExamineOptions {
  /** All engines, in the order in which they are tried when a config names none. */
  readonly order: readonly string[];
  /** Those to examine, with options that are not the defaults. */
  readonly engines: readonly ResolvedSpec[];
  /** Modules of `--plugin`. */
  readonly plugins: readonly string[];
  /** Seconds that each stage of an engine may take. */
  readonly seconds: number;
  /** Called before each engine. */
  readonly onEngine: (name: string) => void;
}

/** Tries engines one after the other, each in a process of its own, and gathers what they depend on. */
export async function examineEngines(options: ExamineOptions): Promise<Diagnosis> {
  const { order, engines, plugins, seconds, onEngine } = options;
  const machine = await readMachine();
  const reports: EngineReport[] = [];
  for (const engine of engines) {
    onEngine(engine.name);
    reports.push(reportOf(engine.name, await probeEngine({ engine, plugins }, seconds), machine));
  }
  // Asked for, not derived: whatever decides, and whatever crashes on the way, is seen as a run would see it.
  const { started, failure } = await probeEngine({ engine: null, plugins }, seconds);
  const auto = failure === null && started !== null ? started.engine : null;
  return {
    auto,
    autoReason: failure === null ? reasonFor(auto, order) : failure.message,
    engines: reports,
    advice: adviceFor(machine, reports, auto),
    machine,
  };
}

function reasonFor(auto: string | null, order: readonly string[]): string {
  const before = order.slice(0, Math.max(0, order.indexOf(auto ?? '')));
  const first = `the first that starts, in the order ${order.join(', ')}`;
  if (before.length === 0) return first;
  const verb = before.length === 1 ? 'does not' : 'do not';
  return `${first}; ${before.join(', ')} ${verb}`;
}
