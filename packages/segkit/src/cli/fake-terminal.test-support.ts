import type { Terminal } from './terminal.js';

/** A terminal that remembers what was written and lets a test press Ctrl-C. */
export interface FakeTerminal extends Terminal {
  /** Everything on standard output. */
  out(): string;
  /** Everything on standard error. */
  err(): string;
  /** What Ctrl-C does. */
  interrupt(): void;
  /** The codes of `exit`. */
  readonly exits: readonly number[];
}

/** Makes a terminal for one command. */
export function fakeTerminal(): FakeTerminal {
  const out: string[] = [];
  const err: string[] = [];
  const listeners: (() => void)[] = [];
  const exits: number[] = [];
  return {
    writeOut: (text) => void out.push(text),
    writeErr: (text) => void err.push(text),
    progress: null,
    onInterrupt: (listener) => void listeners.push(listener),
    exit: (code) => void exits.push(code),
    out: () => out.join(''),
    err: () => err.join(''),
    interrupt: () => {
      for (const listener of listeners) listener();
    },
    exits,
  };
}
