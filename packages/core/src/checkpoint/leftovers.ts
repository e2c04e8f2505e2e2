import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { checkpointFolder } from './checkpoint-files.js';
import { isAbandoned } from './run-lock.js';
import { asideEnding } from './write-durably.js';

/** Removes what a killed process had not finished writing. What cannot be removed stays: it harms nothing. */
export async function removeLeftovers(run: string): Promise<void> {
  for (const folder of [run, checkpointFolder(run)]) {
    const leftovers = (await namesIn(folder)).filter((name) => name.endsWith(asideEnding));
    for (const name of leftovers) {
      await rm(join(folder, name), { force: true }).catch(() => undefined);
    }
  }
}

/** What the folder of a run is called until everything is in it. */
export function unfinishedFolder(folder: string): string {
  return `${folder}.${String(process.pid)}.new`;
}

/** Removes folders of runs of this name, or of this name and a number, whose process was killed while it made them. */
export async function removeUnfinishedFolders(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await namesIn(parent)) {
    const [, run] = /^(.*?)(?:-\d+)?\.\d+\.new$/.exec(name) ?? [];
    if (run !== basename(folder) || !(await isAbandoned(join(parent, name)))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
