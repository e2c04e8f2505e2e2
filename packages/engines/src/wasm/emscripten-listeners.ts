const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs `start` and removes the listeners that the WebAssembly module hangs on `process` meanwhile. They rethrow every
 * error of the whole program, and Node then prints the module's minified source, one line of 100 kB, before the error.
 */
export async function withoutEmscriptenListeners(start: () => Promise<void>): Promise<void> {
  const before = new Map(events.map((event) => [event, process.rawListeners(event)]));
  try {
    await start();
  } finally {
    for (const event of events) {
      for (const listener of process.rawListeners(event)) {
        const isNew = before.get(event)?.includes(listener) === false;
        if (isNew && isRethrow(listener)) {
          process.removeListener(event, listener as (...values: unknown[]) => void);
        }
      }
    }
  }
}

/** Emscripten's are `function(ex){if(!(ex instanceof ExitStatus)){throw ex}}` and `function(reason){throw reason}`. */
function isRethrow(listener: { toString: () => string }): boolean {
  const code = listener.toString().replace(/[\s;]/g, '');
  return /^function\((\w+)\)\{(if\(!\(\1instanceofExitStatus\)\)\{)?throw\1\}+$/.test(code);
}
