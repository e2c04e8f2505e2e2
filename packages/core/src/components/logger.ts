/** Where messages to the user go. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** Writes to standard error, so that standard output stays clean for results. */
export const consoleLogger: Logger = {
  info: (message) => void process.stderr.write(`${message}\n`),
  warn: (message) => void process.stderr.write(`warning: ${message}\n`),
};

/** Says nothing. */
export const silentLogger: Logger = { info: () => undefined, warn: () => undefined };
