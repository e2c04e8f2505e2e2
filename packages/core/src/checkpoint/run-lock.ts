import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { CheckpointError, messageOf } from '../errors.js';

/** Who writes to a run's folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When that process began, in the system's own terms: tells it from a later one of the same number. */
  readonly began: string | null;
}

/** Keeps a run's folder for this process. */
export interface RunLock {
  /** Lets go of the folder; again does nothing. */
  release(): void;
}

/** Field 22 of Linux' /proc/<pid>/stat; other systems do not tell. */
function beginningOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold spaces.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not permitted means that it exists.
    return codeOf(error) === 'EPERM';
  }
  return began === null || beginningOf(pid) === began;
}

/**
 * Who a lock names; `undefined` if it is gone, or nothing whole: locks appear with everything in them, and only a power cut
 * leaves half of one.
 * @throws CheckpointError if the disk does not tell.
 */
async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new CheckpointError(`${path}: cannot be read (${messageOf(cause)}).`, { cause });
  }
  try {
    const { pid, host, began = null } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, began } : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Whether a folder was locked by a process of this computer that is gone. */
export async function isAbandoned(folder: string): Promise<boolean> {
  const holder = await readHolder(lockPath(folder)).catch(() => undefined);
  return holder !== undefined && holder.host === hostname() && !isAlive(holder);
}

/**
 * Locks a run's folder (`run.lock`), so that two processes cannot write to it. A lock whose process is gone is taken over.
 * @throws CheckpointError if another process trains there, or the lock cannot be written.
 */
export async function lockRun(folder: string): Promise<RunLock> {
  const path = lockPath(folder);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await create(path)) return heldLock(folder);
    const holder = await readHolder(path);
    if (holder !== undefined && holder.host !== hostname()) {
      throw inUse(folder, `process ${String(holder.pid)} on the computer "${holder.host}"`, path);
    }
    if (holder !== undefined && isAlive(holder)) {
      throw inUse(folder, `process ${String(holder.pid)}`, path);
    }
    await removeStale(path, holder);
  }
  throw inUse(folder, 'other processes', path);
}

/** The lock of a folder that this process has locked. */
export function heldLock(folder: string): RunLock {
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      try {
        rmSync(lockPath(folder), { force: true });
      } catch {
        // A disk that refuses this must not hide why the run ended; the lock is stale when the process is gone.
      }
    },
  };
}

function lockPath(folder: string): string {
  return join(folder, 'run.lock');
}

/** Systems of files without hard links. */
const cannotLink = ['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'];

/** Makes the lock, whole at once; false if there is one. */
async function create(path: string): Promise<boolean> {
  const { pid } = process;
  const content = `${JSON.stringify({ pid, host: hostname(), began: beginningOf(pid) })}\n`;
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(aside, content);
    await link(aside, path).catch(async (error: unknown) => {
      if (!cannotLink.includes(codeOf(error))) throw error;
      await writeFile(path, content, { flag: 'wx' });
    });
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw new CheckpointError(`${path}: cannot be written (${messageOf(cause)}).`, { cause });
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** Moved away before it is removed: of two processes that find it stale, one moves it. */
async function removeStale(path: string, stale: Holder | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await rename(path, aside);
    const moved = await readHolder(aside);
    // Another process was quicker and holds the lock already: it gets it back.
    if (moved?.pid !== stale?.pid || moved?.began !== stale?.began) await link(aside, path);
  } catch {
    // Gone, or taken again: the next attempt sees.
  }
  await rm(aside, { force: true }).catch(() => undefined);
}

function inUse(folder: string, holder: string, path: string): CheckpointError {
  return new CheckpointError(
    `${folder}: ${holder} trains in this folder; wait for it to end, or delete ${path} if it is certain that none does.`,
  );
}
