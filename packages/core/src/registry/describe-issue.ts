import { distance } from 'fastest-levenshtein';
import type * as z from 'zod';

/** A value as an error message shows it: JSON, cut at 60 characters. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : ((JSON.stringify(value) as string | undefined) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The known names, nearest to `name` first. */
export function nearestFirst(name: string, known: readonly string[]): string[] {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b));
}

/**
 * What is wrong with a name that nobody registered.
 * @param remedy - What to do if nothing is registered at all.
 */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  remedy: string,
): string {
  if (known.length === 0) return `unknown ${what} "${name}": no ${what} is registered; ${remedy}.`;
  const nearest = nearestFirst(name, known).join(', ');
  return `unknown ${what} "${name}"; registered, nearest first: ${nearest}.`;
}

/** What is wrong with a name that is taken. */
export function takenName(what: string, name: string): string {
  return (
    `plugins: a ${what} named "${name}" is registered already; ` +
    'give yours another name or leave the other plugin out.'
  );
}

/**
 * A zod issue as one sentence: what was expected, what was received.
 * @param issue - An issue of a parse made with `reportInput: true`.
 * @param knownKeys - Keys that the object at the issue's path may have, for unknown keys.
 */
export function describeIssue(issue: z.core.$ZodIssue, knownKeys: readonly string[] = []): string {
  const received = showValue(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, received ${received}`;
    case 'invalid_value':
      return `expected ${issue.values.map(showValue).join(' or ')}, received ${received}`;
    case 'too_small':
      return `expected ${issue.origin} ${issue.inclusive === false ? '>' : '>='} ${String(issue.minimum)}, received ${received}`;
    case 'too_big':
      return `expected ${issue.origin} ${issue.inclusive === false ? '<' : '<='} ${String(issue.maximum)}, received ${received}`;
    case 'unrecognized_keys': {
      const nearest = nearestFirst(issue.keys[0] ?? '', knownKeys);
      const known = nearest.length > 0 ? nearest.join(', ') : 'none';
      return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}; known, nearest first: ${known}`;
    }
    case 'custom':
      return issue.message;
    default:
      return `${issue.message}, received ${received}`;
  }
}
