import { ConfigError } from '@segkit/core';

/**
 * Replaces `${NAME}` by the environment variable of that name.
 * @param path - The text's place in the config.
 * @throws ConfigError if there is no such variable.
 */
export function fillSecrets(text: string, path: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value !== undefined) return value;
    const message = `expected the environment variable ${name}, which is not set`;
    throw new ConfigError(`${path}: ${message}; export it before training.`, [{ path, message }]);
  });
}
