import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The folders of all packages, in the order in which they are built. */
export const packageFolders = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] }
).workspaces;

/** Runs a command and returns what it printed; fails with everything it printed. */
export async function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  try {
    const { stdout } = await execute(command, [...args], { cwd, maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

async function newestFile(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const times = entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test'))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(0, ...times);
}

function builtAt(folder: string): number {
  try {
    return statSync(join(folder, 'dist', 'index.d.ts')).mtimeMs;
  } catch {
    return 0;
  }
}

/** Builds whatever is older than its sources, so that the tarballs hold what the tests test. */
export async function buildIfStale(): Promise<void> {
  let rebuild = false;
  for (const name of packageFolders) {
    const folder = join(root, name);
    rebuild ||= builtAt(folder) < (await newestFile(join(folder, 'src')));
    if (rebuild) await runCommand('npm', ['run', 'build'], folder);
  }
}

/** Packs every package into a folder and returns the tarballs' paths by package name. */
export async function packAll(destination: string): Promise<Map<string, string>> {
  const args = ['pack', '--json', '--workspaces', '--ignore-scripts', '--pack-destination'];
  const packed = JSON.parse(await runCommand('npm', [...args, destination], root)) as unknown;
  const entries = Object.values(packed as Record<string, { name: string; filename: string }>);
  return new Map(entries.map(({ name, filename }) => [name, join(destination, filename)]));
}
