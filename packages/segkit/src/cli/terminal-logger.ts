import type { Logger } from '@segkit/core';

import type { Terminal } from './terminal.js';

/** Logs to the terminal's standard error. */
export function terminalLogger(terminal: Terminal): Logger {
  return {
    info: (message) => {
      terminal.writeErr(`${message}\n`);
    },
    warn: (message) => {
      terminal.writeErr(`warning: ${message}\n`);
    },
  };
}
