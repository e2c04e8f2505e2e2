import { ConfigError } from '@segkit/core';

/**
 * Checks that a list has one number per class or channel.
 * @param path - The option's place in the config; opens the message.
 * @throws ConfigError if the lengths differ.
 */
export function expectPerClass(values: readonly number[], count: number, path: string): void {
  if (values.length === count) return;
  const message = `expected ${String(count)} numbers, one per class, received ${String(values.length)}`;
  throw new ConfigError(`${path}: ${message}.`, [{ path, message }]);
}
