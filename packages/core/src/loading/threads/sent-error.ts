import * as errors from '../../errors.js';
import { SegkitError } from '../../errors.js';

/** An error as it is sent from one thread to another, which knows nothing of our classes. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Describes anything that was thrown. */
export function sendableError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  const { name, message, stack } = error;
  return { name, message, stack };
}

const classes = Object.values(errors).filter(
  (value): value is typeof SegkitError =>
    typeof value === 'function' && value.prototype instanceof SegkitError,
);

/** The error that was sent, of its own class if that is one of segkit's, with the stack of where it was thrown. */
export function receivedError({ name, message, stack }: SentError): Error {
  const Class = classes.find((candidate) => candidate.name === name) ?? Error;
  const error = new Class(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
