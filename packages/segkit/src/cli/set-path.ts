import { ConfigError } from '@segkit/core';

/** Keys that would reach an object's prototype. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** One `--set`: where to, and what. */
export interface Override {
  /** Keys and array indices from the config's root. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `path=value`; the value is JSON if it parses as such, and text otherwise.
 * @throws ConfigError if it has another form, or names a forbidden key.
 */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const path = equals < 0 ? [] : text.slice(0, equals).split('.');
  if (path.length === 0 || path.includes('')) {
    throw new ConfigError(`--set: expected path=value as in train.steps=40, received "${text}".`);
  }
  const forbidden = path.find((key) => forbiddenKeys.has(key));
  if (forbidden !== undefined) {
    throw new ConfigError(`--set ${text}: "${forbidden}" is no config key.`);
  }
  return { path, value: parseValue(text.slice(equals + 1)) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * A copy of a config with one value replaced. A component given by its name alone becomes `{ name }` when one of its
 * options is set; an index one past an array's end appends.
 * @param defaults - The config with its defaults; names the component and holds the array that the config leaves out.
 * @throws ConfigError if the path runs into a number, or past an array's end.
 */
export function setPath(config: unknown, { path, value }: Override, defaults?: unknown): unknown {
  const walk = (target: unknown, fallback: unknown, position: number): unknown => {
    const key = path[position];
    if (key === undefined) return value;
    const container = openUp(target ?? startOf(fallback), path.slice(0, position));
    const [child, nextFallback] = [childOf(container, key), childOf(fallback, key)];
    if (!Array.isArray(container)) {
      return { ...container, [key]: walk(child, nextFallback, position + 1) };
    }
    const copy: unknown[] = [...(container as readonly unknown[])];
    const index = indexIn(copy, key, path.slice(0, position));
    copy[index] = walk(child, nextFallback, position + 1);
    return copy;
  };
  return walk(config, defaults, 0);
}

/** What stands where the config says nothing: the default array, or the default component without its options. */
function startOf(fallback: unknown): unknown {
  if (Array.isArray(fallback)) return fallback;
  const name = childOf(fallback, 'name');
  return name === undefined ? {} : { name };
}

function childOf(container: unknown, key: string): unknown {
  if (typeof container !== 'object' || container === null) return undefined;
  return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}

function openUp(target: unknown, path: readonly string[]): object {
  if (typeof target === 'string') return { name: target };
  if (typeof target === 'object' && target !== null) return target;
  throw new ConfigError(
    `--set: ${path.join('.')} is ${String(target)}, which has no keys; set ${path.join('.')} itself.`,
  );
}

function indexIn(array: readonly unknown[], key: string, path: readonly string[]): number {
  const index = Number(key);
  if (/^\d+$/.test(key) && index <= array.length) return index;
  throw new ConfigError(
    `--set: ${path.join('.')} is an array of ${String(array.length)}; ` +
      `expected an index from 0 to ${String(array.length)}, received "${key}".`,
  );
}
