/** Where a progress bar can be drawn. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** What the command sees of the terminal it runs in. */
export interface Terminal {
  /** Results go here. */
  writeOut(text: string): void;
  /** Logs, progress and errors go here. */
  writeErr(text: string): void;
  /** Standard error if a bar can be drawn there, that is, if it is a terminal. */
  readonly progress: ProgressStream | null;
  /** Calls the listener on every Ctrl-C, which then no longer ends the process. */
  onInterrupt(listener: () => void): void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  writeOut: (text) => void process.stdout.write(text),
  writeErr: (text) => void process.stderr.write(text),
  progress: process.stderr.isTTY ? process.stderr : null,
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
  },
  exit: (code) => {
    process.exit(code);
  },
};
