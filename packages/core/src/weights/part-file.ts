import { randomBytes } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Makes what an earlier download left of a file this process's own, so that no two processes write to the same.
 * @param path - Where the whole file will lie.
 * @returns Path of the part; it exists if something was left.
 */
export async function claimPart(path: string): Promise<string> {
  const own = `${path}.${String(process.pid)}-${randomBytes(4).toString('hex')}.part`;
  for (const part of await abandonedParts(path)) {
    try {
      await rename(part, own);
      return own;
    } catch {
      // Another process was faster.
    }
  }
  return own;
}

/** Leaves a part for the next process. */
export async function releasePart(part: string, path: string): Promise<void> {
  await rename(part, `${path}.part`).catch(() => undefined);
}

/** Parts that were released, or whose process is no more. */
async function abandonedParts(path: string): Promise<string[]> {
  const name = basename(path);
  const files = await readdir(dirname(path));
  return files
    .filter((file) => {
      if (file === `${name}.part`) return true;
      if (!file.startsWith(`${name}.`)) return false;
      const [, pid] = /^(\d+)-[0-9a-f]{8}\.part$/.exec(file.slice(name.length + 1)) ?? [];
      return pid !== undefined && !isAlive(Number(pid));
    })
    .map((file) => join(dirname(path), file));
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
