import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** What facts are gathered from: files and programs. Tests give their own. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A text file, or `null` if it cannot be read. */
  readText(path: string): Promise<string | null>;
  /** Names in a folder; none if it cannot be read. */
  list(folder: string): Promise<readonly string[]>;
  /** Standard output of a program, or `null` if it is missing, fails or takes longer than 10 s. */
  output(program: string, args: readonly string[]): Promise<string | null>;
}

/** The system that this process runs on. */
export const thisSystem: System = {
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  readText: (path) => readFile(path, 'utf8').catch(() => null),
  list: (folder) => readdir(folder).catch(() => []),
  output: (program, args) =>
    new Promise((resolve) => {
      execFile(program, [...args], { timeout: 10_000 }, (error, stdout) => {
        resolve(error === null ? stdout : null);
      });
    }),
};
