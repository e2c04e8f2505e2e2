import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

/** What is done to a file or folder. */
export type Operation =
  | 'open'
  | 'write'
  | 'flush'
  | 'close'
  | 'rename'
  | 'remove'
  | 'link'
  | 'make folder'
  | 'list'
  | 'read';

/** A call that is about to reach the disk. */
export interface DiskCall {
  readonly operation: Operation;
  readonly path: string;
  /** What kind of file it is, e.g. `weights`. */
  readonly file: string;
}

/** Answers a call with an error's code, or lets it pass. */
export type Decide = (call: DiskCall) => string | undefined;

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^run\.lock/, 'lock'],
  [/^(config|run)\.json/, 'config and record of the run'],
  [/^step-\d+\.optimizer/, 'optimizer'],
  [/^step-\d+\.safetensors/, 'weights'],
  [/^step-\d+\.json/, 'record of a checkpoint'],
  [/^(last|best)\.json/, 'name of a checkpoint'],
  [/^checkpoints$/, 'folder of checkpoints'],
  [/^events\.jsonl/, 'events.jsonl'],
  [/\.csv$/, 'csv tables'],
  [/tfevents/, 'tensorboard'],
  [/^sheets$|^step-\d+\.png/, 'image sheet'],
];

function kindOf(path: string): string {
  return kinds.find(([pattern]) => pattern.test(basename(path)))?.[1] ?? 'run folder';
}

const texts: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EIO: 'i/o error',
  EACCES: 'permission denied',
  EROFS: 'read-only file system',
};

function refusal(code: string, { operation, path }: DiskCall): Error {
  const message = `${code}: ${texts[code] ?? 'unknown error'}, ${operation} '${path}'`;
  return Object.assign(new Error(message), { code, path });
}

type Call = (...parameters: unknown[]) => unknown;
type Functions = Record<string, Call>;

/**
 * Does work while every call of Node's file functions on paths below a folder is first put to `decide`: whatever part of the
 * program it comes from, it meets the error that a disk would give. A write that is refused leaves its first half behind.
 * Nothing is really flushed.
 */
export async function withFaultyDisk<T>(
  folder: string,
  decide: Decide,
  work: () => Promise<T>,
): Promise<T> {
  const callOf = (operation: Operation, path: unknown): DiskCall | undefined =>
    typeof path === 'string' && path.startsWith(folder)
      ? { operation, path, file: kindOf(path) }
      : undefined;
  /** @throws the error that was decided on. */
  const pass = (call: DiskCall | undefined): void => {
    const code = call && decide(call);
    if (call !== undefined && code !== undefined) throw refusal(code, call);
  };
  const restore: (() => void)[] = [];
  const replace = (owner: object, name: string, make: (original: Call) => Call): void => {
    const functions = owner as Functions;
    const original = functions[name] as Call;
    functions[name] = make(original.bind(owner));
    restore.push(() => (functions[name] = original));
  };

  const operations: readonly (readonly [string, Operation])[] = [
    ['mkdir', 'make folder'],
    ['rename', 'rename'],
    ['rm', 'remove'],
    ['link', 'link'],
    ['readdir', 'list'],
    ['readFile', 'read'],
  ];
  for (const [name, operation] of operations) {
    replace(fs.promises, name, (original) => async (path, ...more) => {
      pass(callOf(operation, path));
      return await original(path, ...more);
    });
    replace(fs, `${name}Sync`, (original) => (path, ...more) => {
      pass(callOf(operation, path));
      return original(path, ...more);
    });
  }
  replace(fs.promises, 'writeFile', (original) => async (path, data, options) => {
    pass(callOf('open', path));
    const call = callOf('write', path);
    const code = call && decide(call);
    if (call === undefined || code === undefined) return original(path, data, options);
    await original(path, halfOf(data), options);
    throw refusal(code, call);
  });
  replace(fs.promises, 'open', (original) => async (path, flags, ...more) => {
    const folderFlush = flags === 'r';
    pass(folderFlush ? undefined : callOf('open', path));
    const handle = (await original(path, flags, ...more)) as fs.promises.FileHandle;
    watchHandle(handle, (operation) => callOf(operation, path), decide);
    return handle;
  });
  const paths = new Map<unknown, unknown>();
  replace(fs, 'openSync', (original) => (path, ...more) => {
    pass(callOf('open', path));
    const descriptor = original(path, ...more);
    paths.set(descriptor, path);
    return descriptor;
  });
  replace(fs, 'writeSync', (original) => (descriptor, data, offset, length, position) => {
    const call = callOf('write', paths.get(descriptor));
    const code = call && decide(call);
    if (call === undefined || code === undefined) {
      return original(descriptor, data, offset, length, position);
    }
    // The half that fitted is told as a short write; what comes next finds the disk full.
    const half = Math.floor(Number(length) / 2);
    if (half === 0 || code !== 'ENOSPC') throw refusal(code, call);
    return original(descriptor, data, offset, half, position);
  });
  replace(fs, 'fsyncSync', () => (descriptor) => {
    pass(callOf('flush', paths.get(descriptor)));
  });
  replace(fs, 'closeSync', (original) => (descriptor) => {
    paths.delete(descriptor);
    return original(descriptor);
  });
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    for (const undo of restore.reverse()) undo();
    syncBuiltinESMExports();
  }
}

function halfOf(data: unknown): Uint8Array {
  const bytes = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array);
  return bytes.subarray(0, bytes.length >> 1);
}

function watchHandle(
  handle: fs.promises.FileHandle,
  callOf: (operation: Operation) => DiskCall | undefined,
  decide: Decide,
): void {
  const writeFile = handle.writeFile.bind(handle);
  const close = handle.close.bind(handle);
  const refused = (operation: Operation): Error | undefined => {
    const call = callOf(operation);
    const code = call && decide(call);
    return call !== undefined && code !== undefined ? refusal(code, call) : undefined;
  };
  Object.assign(handle, {
    writeFile: async (data: Uint8Array): Promise<void> => {
      const error = refused('write');
      await writeFile(error === undefined ? data : halfOf(data));
      if (error !== undefined) throw error;
    },
    sync: async (): Promise<void> => {
      const error = refused('flush');
      if (error !== undefined) throw error;
      await Promise.resolve();
    },
    close: async (): Promise<void> => {
      const error = refused('close');
      await close();
      if (error !== undefined) throw error;
    },
  });
}
