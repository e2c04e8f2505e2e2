import { ConfigError } from '../errors.js';

/** Nobody nests components this deep; a config that contains itself does. */
const deepest = 100;

/** Values in a config; lists of mask values can be long. */
const mostValues = 1_000_000;

/** Keys that would reach an object's prototype. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Checks that a config is data and nothing else, as deep and as large as configs can be: plain objects, arrays, texts,
 * numbers, booleans, `null`; `undefined` is as good as nothing.
 * @throws ConfigError naming the first place that is not: something executable, a class's instance, a key that reaches
 * prototypes, a config that contains itself.
 */
export function expectPlainData(config: unknown): void {
  const path: string[] = [];
  let values = 0;
  const walk = (value: unknown): void => {
    values += 1;
    if (path.length > deepest || values > mostValues) {
      const most =
        path.length > deepest
          ? `${String(deepest)} levels`
          : `${mostValues.toLocaleString('en')} values`;
      refuse(path, `expected at most ${most}; does the config contain itself?`);
    }
    if (!isData(value)) refuse(path, `expected plain data, received ${nameOf(value)}`);
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      path.push(key);
      if (forbiddenKeys.has(key)) refuse(path, 'no config key may have this name');
      walk((value as Readonly<Record<string, unknown>>)[key]);
      path.pop();
    }
  };
  walk(config);
}

function isData(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') {
    return !['function', 'symbol', 'bigint'].includes(typeof value);
  }
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm have that realm's prototype, which has none itself.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const made: unknown = (value as { readonly constructor?: unknown }).constructor;
  return typeof made === 'function'
    ? `an instance of ${made.name}`
    : 'an object with a prototype of its own';
}

function refuse(keys: readonly string[], message: string): never {
  const shown = keys.length > 8 ? [...keys.slice(0, 8), '…'] : keys;
  const path = shown.length === 0 ? 'config' : shown.join('.');
  throw new ConfigError(`the config is wrong:\n  ${path}: ${message}`, [{ path, message }]);
}
