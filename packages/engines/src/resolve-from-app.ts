import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Where a package is that segkit does not bring: as the app in the working directory sees it or, failing that, segkit itself.
 * @returns The path of its entry; `undefined` if it is not installed.
 */
export function resolveFromApp(name: string): string | undefined {
  const origins = [pathToFileURL(join(process.cwd(), 'package.json')), import.meta.url];
  for (const origin of origins) {
    try {
      return createRequire(origin).resolve(name);
    } catch {
      // Not visible from here.
    }
  }
  return undefined;
}
