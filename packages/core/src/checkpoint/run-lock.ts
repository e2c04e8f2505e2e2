import { readFileSync, rmSync } from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
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
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return began === null || beginningOf(pid) === began;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>;
    const { pid, host, began = null } = holder;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, began } : undefined;
  } catch {
    return undefined;
  }
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
      if (held) rmSync(lockPath(folder), { force: true });
      held = false;
    },
  };
}

function lockPath(folder: string): string {
  return join(folder, 'run.lock');
}

async function create(path: string): Promise<boolean> {
  const { pid } = process;
  const content = JSON.stringify({ pid, host: hostname(), began: beginningOf(pid) });
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${content}\n`);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new CheckpointError(`${path}: cannot be written (${messageOf(error)}).`, {
      cause: error,
    });
  }
}

/** Moved away before it is removed: of two processes that find it stale, one moves it. */
async function removeStale(path: string, stale: Holder | undefined): Promise<void> {
  const aside = `${path}.${String(process.pid)}.stale`;
  try {
    await rename(path, aside);
    const moved = await readHolder(aside);
    // Another process was quicker and holds the lock already: it gets it back.
    if (moved?.pid !== stale?.pid || moved?.began !== stale?.began) await link(aside, path);
  } catch {
    // Gone, or taken again: the next attempt sees.
  }
  await rm(aside, { force: true });
}

function inUse(folder: string, holder: string, path: string): CheckpointError {
  return new CheckpointError(
    `${folder}: ${holder} trains in this folder; wait for it to end, or delete ${path} if it is certain that none does.`,
  );
}
