import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Where a package is that segkit does not bring: as an app sees it or, failing that, segkit itself.
 * @param name - Of the package, or of a file in it.
 * @param app - The app's folder. Default: the working directory.
 * @returns The path of the package's entry or of the file; `undefined` if it is not installed.
 */
export function resolveFromApp(name: string, app = process.cwd()): string | undefined {
  const origins = [pathToFileURL(join(app, 'package.json')), import.meta.url];
  for (const origin of origins) {
    try {
      return createRequire(origin).resolve(name);
    } catch {
      // Not visible from here.
    }
  }
  return undefined;
}
