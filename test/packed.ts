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

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end, whatever its exit code.
 * @param environment - Variables beside this process's own; undefined ones are taken away.
 */
export async function tryCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const env = { ...process.env, ...environment };
  try {
    const { stdout, stderr } = await execute(command, [...args], {
      cwd,
      env,
      maxBuffer: 64 * 2 ** 20,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, signal, stdout = '', stderr = '' } = error as Partial<Outcome> & Killed;
    if (typeof code === 'number') return { code, stdout, stderr };
    const how = signal == null ? 'does not start' : `died of ${signal}`;
    throw new Error(`${command} ${args.join(' ')} ${how}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

interface Killed {
  readonly signal?: string | null;
}

/** Runs a command and returns what it printed; fails with everything it printed. */
export async function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(command, args, cwd, environment);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
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
