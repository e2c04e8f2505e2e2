/** What the command sees of the terminal it runs in. */
export interface Terminal {
  /** Results go here. */
  writeOut(text: string): void;
  /** Logs, progress and errors go here. */
  writeErr(text: string): void;
  /** Calls the listener on every Ctrl-C, which then no longer ends the process. */
  onInterrupt(listener: () => void): void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  writeOut: (text) => void process.stdout.write(text),
  writeErr: (text) => void process.stderr.write(text),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
  },
  exit: (code) => {
    process.exit(code);
  },
};
