import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { promisify } from 'node:util';

/** The computer of a run. */
export interface Machine {
  /** System and processor type, e.g. `linux x64`. */
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** What a repository was like when a run began. */
export interface GitState {
  readonly commit: string;
  /** Whether files differed from the commit. */
  readonly isDirty: boolean;
}

/** Describes this computer. */
export function describeMachine(): Machine {
  return {
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** Describes the repository that a folder lies in; `null` outside of one, or without git. */
export async function describeGit(folder: string): Promise<GitState | null> {
  const git = async (...parameters: string[]): Promise<string> => {
    const options = { cwd: folder, timeout: 5_000, maxBuffer: 2 ** 26 };
    return (await promisify(execFile)('git', parameters, options)).stdout.trim();
  };
  try {
    const commit = await git('rev-parse', 'HEAD');
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return { commit, isDirty: changes !== '' };
  } catch {
    return null;
  }
}
