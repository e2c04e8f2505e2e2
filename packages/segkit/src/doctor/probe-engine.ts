import { fork } from 'node:child_process';

import type { StepCheck } from './check-step.js';
import type { ProbeMessage, ProbeTask, Stage } from './probe-messages.js';
import { probeProgram } from './probe-program.js';
import type { Speed } from './time-steps.js';

/** How an engine failed. */
export interface ProbeFailure {
  readonly stage: Stage;
  /** `error`: it said why. `crash`: the process died. `hang`: it was killed after the time it had. */
  readonly how: 'error' | 'crash' | 'hang';
  readonly message: string;
  /** Whether merely the engine's package is absent. */
  readonly notInstalled: boolean;
}

/** What came of trying an engine in a process of its own. */
export interface ProbeOutcome {
  /** The engine and its TensorFlow.js backend, if it started, and the seconds that took. */
  readonly started: {
    readonly engine: string;
    readonly backend: string;
    readonly seconds: number;
  } | null;
  readonly steps: readonly StepCheck[] | null;
  readonly speed: Speed | null;
  /** How it failed; `null` if it did not. */
  readonly failure: ProbeFailure | null;
  readonly warnings: readonly string[];
  /** What native code wrote to standard error, the last 16,000 characters. */
  readonly stderr: string;
}

const keptCharacters = 16_000;
/** Seconds that a process has to end after it has told everything. */
const secondsToEnd = 10;

const doing: Readonly<Record<Stage, string>> = {
  'load plugins': 'while the plugins were loaded',
  start: 'while it started',
  check: 'in the check of a training step',
  time: 'while training steps were timed',
};

/**
 * Tries an engine in a process of its own: starts it, checks training steps, times others. Whatever happens there, a crash of
 * native code included, comes back as an outcome.
 * @param seconds - How long each stage may take before the process is killed.
 */
export function probeEngine(task: ProbeTask, seconds: number): Promise<ProbeOutcome> {
  const { program, execArgv } = probeProgram();
  const child = fork(program, [JSON.stringify(task)], {
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let outcome: ProbeOutcome = nothingYet;
  let stage: Stage = 'load plugins';
  let done = false;
  let killed = false;
  // Ticks are counted, not time: a machine that slept, or a group of processes that was stopped, is no hang.
  let left = seconds;
  const clock = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    killed = true;
    child.kill('SIGKILL');
  }, 1000);
  child.on('message', (message: ProbeMessage) => {
    left = message.type === 'done' ? secondsToEnd : seconds;
    if (message.type === 'stage') ({ stage } = message);
    else if (message.type === 'done') done = true;
    else if (message.type !== 'step') outcome = { ...outcome, ...newsOf(message, outcome, stage) };
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    outcome = { ...outcome, stderr: `${outcome.stderr}${text}`.slice(-keptCharacters) };
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(clock);
      const how = killed ? 'hang' : 'crash';
      if (!done) {
        const message = killed
          ? `no answer for ${String(seconds)} s ${doing[stage]}; the process was killed.`
          : `the process ${deathOf(code, signal)} ${doing[stage]}.${lastLine(outcome.stderr)}`;
        resolve({ ...outcome, failure: { stage, how, message, notInstalled: false } });
      } else if (killed || signal !== null) {
        const atEnd = killed ? 'does not end by itself' : deathOf(code, signal);
        const warning = `After all its work the process ${atEnd}.`;
        resolve({ ...outcome, warnings: [...outcome.warnings, warning] });
      } else resolve(outcome);
    });
  });
}

const nothingYet: ProbeOutcome = {
  started: null,
  steps: null,
  speed: null,
  failure: null,
  warnings: [],
  stderr: '',
};

function newsOf(
  message: Exclude<ProbeMessage, { readonly type: 'stage' | 'step' | 'done' }>,
  { warnings }: ProbeOutcome,
  stage: Stage,
): Partial<ProbeOutcome> {
  switch (message.type) {
    case 'started': {
      const { engine, backend, seconds } = message;
      return { started: { engine, backend, seconds } };
    }
    case 'checked':
      return { steps: message.steps };
    case 'timed':
      return { speed: message.speed };
    case 'warning':
      return { warnings: [...warnings, message.message] };
    case 'failed': {
      const { message: text, notInstalled } = message;
      return { failure: { stage, how: 'error', message: text, notInstalled } };
    }
  }
}

const signals: Readonly<Record<string, string>> = {
  SIGSEGV: 'a native library read or wrote memory that is not its own',
  SIGBUS: 'a native library or its file is damaged, or the disk is full',
  SIGILL: 'a native library uses instructions that this processor lacks',
  SIGABRT: 'a native library gave up',
  SIGKILL: 'somebody killed it, most likely the system for want of memory',
};

function deathOf(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `ended with code ${String(code)}`;
  const meaning = signals[signal];
  return `died of ${signal}${meaning === undefined ? '' : ` (${meaning})`}`;
}

/** The last thing that a library said before the process died. */
function lastLine(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? '' : ` It last wrote: ${line}`;
}
