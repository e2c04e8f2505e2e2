import { inspect } from 'node:util';

import {
  ConfigError,
  DuplicateComponentError,
  messageOf,
  UnknownComponentError,
} from '@segkit/core';
import { CommanderError } from 'commander';

const interruptedCode = 'segkit.interrupted';
const foundCode = 'segkit.found';

/** What a command throws when Ctrl-C stopped it. */
export function interrupted(message: string): CommanderError {
  return new CommanderError(130, interruptedCode, message);
}

/** What a command throws when it did its work, said everything, and found something wrong. */
export function foundErrors(): CommanderError {
  return new CommanderError(1, foundCode, '');
}

/** 0 (help was shown), 2 (wrong usage or config), 130 (stopped by Ctrl-C) or 1 (everything else). */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    const { code, exitCode } = error;
    return code === interruptedCode || code === foundCode || exitCode === 0 ? exitCode : 2;
  }
  const wrongConfig =
    error instanceof ConfigError ||
    error instanceof UnknownComponentError ||
    error instanceof DuplicateComponentError;
  return wrongConfig ? 2 : 1;
}

/** What the user reads of an error: its message, or everything for debugging. */
export function reportOf(error: unknown, debug: boolean): string {
  // Commander has printed its own errors already.
  if (error instanceof CommanderError) {
    return error.code === interruptedCode ? `${error.message}\n` : '';
  }
  if (debug) return `${inspect(error)}\n`;
  return `error: ${messageOf(error)}\n`;
}
