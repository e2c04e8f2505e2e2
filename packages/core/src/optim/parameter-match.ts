import * as z from 'zod';

import { ConfigError } from '../errors.js';
import { nearestFirst } from '../registry/describe-issue.js';

/** A pattern of parameters' names, such as `backbone.*`. */
export function matchOption() {
  return z
    .string()
    .min(1)
    .describe('Names of parameters, as a checkpoint has them; * stands for any text, dots too.');
}

/** Whether a dotted name fits a pattern in which `*` stands for any text. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= name.length - last.length && name.endsWith(last);
}

/**
 * Checks that a pattern fits any of the names.
 * @param path - The pattern's place in the config; opens the message.
 * @throws ConfigError that lists names, nearest first.
 */
export function expectMatch(pattern: string, names: readonly string[], path: string): void {
  if (names.some((name) => matchesName(pattern, name))) return;
  const literal = pattern.replaceAll('*', '');
  // One name for each way to begin: what is wrong is mostly the beginning.
  const starts = new Map(names.map((name) => [name.slice(0, literal.length), name]));
  const nearest = nearestFirst(literal, [...starts.keys()]).slice(0, 3);
  const some = nearest.map((start) => starts.get(start)).join(', ');
  const message = `expected a pattern that fits a parameter's name, such as ${some}; received "${pattern}"`;
  throw new ConfigError(`${path}: ${message}.`, [{ path, message }]);
}
