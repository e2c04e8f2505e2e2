import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { isAbandoned } from './run-lock.js';

/** Names of files that are written aside: a process' number or a random one stands before the ending. */
const aside = /\.(\d+|[0-9a-f-]{36})\.tmp$/;

/** Removes what a killed process had not finished writing. What cannot be removed stays: it harms nothing. */
export async function removeLeftovers(run: string): Promise<void> {
  const files = await readdir(run, { recursive: true }).catch(() => []);
  for (const file of files.filter((name) => aside.test(name))) {
    await rm(join(run, file), { force: true }).catch(() => undefined);
  }
}

/** What the folder of a run is called until everything is in it. */
export function unfinishedFolder(folder: string): string {
  return `${folder}.${String(process.pid)}.new`;
}

/** What follows the name of a run, which may end with a number of its own. */
const unfinished = /^(-\d+)?\.\d+\.new$/;

/** Removes folders of runs of this name, or of this name and a number, whose process was killed while it made them. */
export async function removeUnfinishedFolders(folder: string): Promise<void> {
  const parent = dirname(folder);
  const run = basename(folder);
  for (const name of await readdir(parent).catch(() => [])) {
    const isOfRun = name.startsWith(run) && unfinished.test(name.slice(run.length));
    if (!isOfRun || !(await isAbandoned(join(parent, name)))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
