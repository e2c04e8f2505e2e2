import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { messageOf } from 'segkit';

import { withFaultyDisk, type DiskCall, type Operation } from './faulty-disk.js';
import { endOf, faultsIn, forgetProcess, isClear, train } from './faulty-run.js';

/** One call that fails, or, of a disk that is full or read-only, all from that one on. */
export interface FaultCase {
  readonly run: 'new' | 'resumed';
  readonly operation: Operation;
  readonly file: string;
  /** Which of these calls fails, from 0. */
  readonly nth: number;
  readonly code: string;
}

/** What became of it. */
export interface FaultOutcome extends FaultCase {
  /** How the run ended under the fault. */
  readonly ended: 'error' | 'warnings' | 'unaware';
  /** What is wrong after the disk was mended and the run resumed; empty if it ended as one that met no fault. */
  readonly wrong: readonly string[];
}

const writing: readonly Operation[] = ['open', 'write', 'flush', 'rename', 'link', 'make folder'];
const naming: readonly Operation[] = ['open', 'rename', 'remove', 'link', 'make folder'];

/** Operations that an error meets. */
const meets: Readonly<Record<string, readonly Operation[]>> = {
  ENOSPC: writing,
  EROFS: [...naming, 'write'],
  EACCES: [...naming, 'list', 'read'],
  EIO: [...writing, 'close', 'remove', 'list', 'read'],
};
/** Errors that stay once they have come. */
const lasting = ['ENOSPC', 'EROFS'];

/** A run that no fault met, and one that was interrupted in its middle. */
export interface Undisturbed {
  readonly parent: string;
  readonly interrupted: string;
  readonly end: string;
}

/** The step after which a run is interrupted: one after a validation, so that a best checkpoint has its name. */
export const interruptedAt = 3;

/** Trains what faulty runs are compared with. */
export async function undisturbed(): Promise<Undisturbed> {
  const parent = mkdtempSync(join(tmpdir(), 'segkit-faults-'));
  const [whole, interrupted] = [join(parent, 'whole'), join(parent, 'interrupted')];
  await train(whole);
  await train(interrupted, { stopAt: interruptedAt });
  return { parent, interrupted, end: endOf(whole) };
}

/** Trains in a folder of its own, whose place a fault of the disk does not matter to. */
async function inFolder<T>(
  run: FaultCase['run'],
  { interrupted }: Undisturbed,
  work: (parent: string, folder: string) => Promise<T>,
): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'segkit-fault-'));
  const folder = join(parent, 'run');
  if (run === 'resumed') cpSync(interrupted, folder, { recursive: true });
  try {
    return await work(parent, folder);
  } finally {
    rmSync(parent, { recursive: true });
  }
}

/** Every fault of every call that a run makes, a new one and one that is resumed. */
export async function faultCases(whole: Undisturbed): Promise<readonly FaultCase[]> {
  const cases: FaultCase[] = [];
  for (const run of ['new', 'resumed'] as const) {
    const calls: DiskCall[] = [];
    await inFolder(run, whole, (parent, folder) =>
      withFaultyDisk(
        parent,
        (call) => void calls.push(call),
        () => train(folder),
      ),
    );
    const counts = new Map<string, number>();
    for (const { operation, file } of calls) {
      const nth = counts.get(operation + file) ?? 0;
      counts.set(operation + file, nth + 1);
      for (const [code, operations] of Object.entries(meets)) {
        if (operations.includes(operation)) cases.push({ run, operation, file, nth, code });
      }
    }
  }
  return cases;
}

/** Trains while a fault happens, mends the disk, and trains on. */
export function meetFault(fault: FaultCase, whole: Undisturbed): Promise<FaultOutcome> {
  return inFolder(fault.run, whole, async (parent, folder) => {
    const ending = await withFaultyDisk(parent, deciding(fault), () => train(folder));
    const { error, events } = ending;
    const warned = events.some(({ type }) => type === 'warning');
    const ended = error !== undefined ? 'error' : warned ? 'warnings' : 'unaware';
    const wrong: string[] = isClear(ending) ? [] : [`unclear error: ${messageOf(error)}`];
    if (error === undefined && endOf(folder) !== whole.end) wrong.push('other weights at once');
    // A lock that cannot be removed is let go of when its process ends.
    if (fault.file === 'lock' || fault.code === 'EROFS') forgetProcess(parent);
    const { error: later } = await train(folder);
    if (later !== undefined) wrong.push(`cannot be resumed: ${messageOf(later)}`);
    else if (endOf(folder) !== whole.end) wrong.push('other weights when it was resumed');
    if (existsSync(folder)) wrong.push(...faultsIn(parent, folder));
    return { ...fault, ended, wrong };
  });
}

function deciding({
  operation,
  file,
  nth,
  code,
}: FaultCase): (call: DiskCall) => string | undefined {
  let count = 0;
  let broken = false;
  return (call) => {
    if (broken) return meets[code]?.includes(call.operation) ? code : undefined;
    if (call.operation !== operation || call.file !== file || count++ !== nth) return undefined;
    broken = lasting.includes(code);
    return code;
  };
}
