import { stat } from 'node:fs/promises';

/**
 * A text that changes when one of the files does: their paths, sizes and times of change.
 * @param paths - A file that is missing, or may not be looked at, counts as changed when it appears.
 */
export async function fingerprintOf(paths: readonly (string | undefined)[]): Promise<string> {
  const described = paths.map(async (path) => {
    if (path === undefined) return null;
    try {
      const { size, mtimeMs } = await stat(path);
      return [path, size, mtimeMs];
    } catch {
      return [path];
    }
  });
  return JSON.stringify(await Promise.all(described));
}
