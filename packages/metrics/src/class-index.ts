import { ConfigError, type LabelSchema } from '@segkit/core';

/**
 * Index of a class by its name.
 * @param name - The first class if it is left out.
 * @param path - Where the name stands in the config.
 * @throws ConfigError if there is no such class.
 */
export function classIndex(
  name: string | undefined,
  { classes }: Pick<LabelSchema, 'classes'>,
  path: string,
): number {
  const index = name === undefined ? 0 : classes.findIndex((one) => one.name === name);
  if (index >= 0) return index;
  const names = classes.map((one) => `"${one.name}"`).join(', ');
  throw new ConfigError(
    `${path}: expected the name of a class, received "${String(name)}"; the classes are ${names}.`,
  );
}
