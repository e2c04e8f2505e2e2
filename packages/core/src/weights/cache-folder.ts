import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Where downloads are kept: `SEGKIT_CACHE`, or `segkit` in `XDG_CACHE_HOME` or `~/.cache`.
 * @param environment - Default: the process's.
 * @returns An absolute path; the folder need not exist.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { SEGKIT_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own !== undefined && own !== '') return resolve(own);
  // A relative path there is to be ignored.
  if (shared !== undefined && isAbsolute(shared)) return join(shared, 'segkit');
  return join(homedir(), '.cache', 'segkit');
}
