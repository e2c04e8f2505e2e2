import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { NamedArray } from '../components/optimizer.js';
import type { LowDisk } from '../components/training-event.js';
import {
  checkpointFolder,
  checkpointOfStep,
  checkpointPaths,
  listCheckpoints,
  pointerPath,
} from './checkpoint-files.js';
import { readPointer, writePointer, type CheckpointName } from './checkpoint-pointer.js';
import { encodeState, type CheckpointState } from './checkpoint-state.js';
import { checkDiskSpace, unsavedError, type UnsavedError } from './disk-space.js';
import { syncFolder } from './sync-folder.js';
import { writeTensors } from './weights.js';
import { writeDurably } from './write-durably.js';

/** What a checkpoint is made of. */
export interface CheckpointContent {
  readonly names: readonly CheckpointName[];
  /** How many of the newest checkpoints stay, beside those that a name points to. */
  readonly keep: number;
  /** `null` if they are those of the checkpoint saved before, which is of the same step. */
  readonly tensors: {
    readonly weights: ReadonlyMap<string, NamedArray>;
    /** `null` for weights alone. */
    readonly optimizer: ReadonlyMap<string, NamedArray> | null;
  } | null;
  readonly state: Omit<CheckpointState, 'files'>;
}

/** A checkpoint that lies on the disk. */
export interface SavedCheckpoint {
  readonly step: number;
  readonly name: string;
  /** Path of its weights. */
  readonly path: string;
}

/**
 * Writes checkpoints one after another, while training goes on. A crash at any moment leaves the ones before whole: files of
 * another step are never written to, the record with the checksums comes after the tensors, and a name moves last. What the
 * disk refuses is kept, with all that comes after it, until it is tried again.
 */
export class CheckpointStore {
  readonly #run: string;
  readonly #waiting: CheckpointContent[] = [];
  readonly #saved: SavedCheckpoint[] = [];
  readonly #low: LowDisk[] = [];
  /** The tensors' files of the checkpoint written last. */
  #files: CheckpointState['files'] | undefined;
  /** Their bytes. */
  #bytes = 0;
  #work: Promise<void> = Promise.resolve();
  #failure: UnsavedError | undefined;

  constructor(run: string) {
    this.#run = run;
  }

  /** Puts a checkpoint in line to be written; its arrays must not change any more. */
  save(content: CheckpointContent): void {
    this.#waiting.push(content);
    this.#work = this.#work.then(() => this.#writeWaiting());
  }

  /** Why the first in line is not written, if the disk refused it. */
  get failure(): UnsavedError | undefined {
    return this.#failure;
  }

  /** Tries again what the disk refused. */
  async retry(): Promise<void> {
    this.#failure = undefined;
    this.#work = this.#work.then(() => this.#writeWaiting());
    await this.#work;
  }

  /** The checkpoints that reached the disk since the last call. */
  takeSaved(): readonly SavedCheckpoint[] {
    return this.#saved.splice(0);
  }

  /** Warnings of a disk that fills up, since the last call. */
  takeLow(): readonly LowDisk[] {
    return this.#low.splice(0);
  }

  /** Waits until everything in line is written, or the disk has refused. */
  async settle(): Promise<void> {
    await this.#work;
  }

  async #writeWaiting(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#failure !== undefined) return;
      try {
        await this.#write(next);
        this.#waiting.shift();
      } catch (error) {
        this.#failure = await unsavedError(this.#run, this.#bytes, error);
      }
    }
  }

  async #write({ names, keep, tensors, state }: CheckpointContent): Promise<void> {
    await mkdir(checkpointFolder(this.#run), { recursive: true });
    const { step } = state.position;
    const checkpoint = checkpointOfStep(step);
    const paths = checkpointPaths(this.#run, checkpoint);
    if (tensors !== null) {
      this.#bytes = bytesOf(tensors);
      const low = await checkDiskSpace(this.#run, this.#bytes);
      if (low !== undefined) this.#low.push(low);
      this.#files = await writeParts(paths, tensors);
    }
    if (this.#files === undefined)
      throw new Error(`step ${String(step)} was saved without tensors`);
    await writeDurably(paths.state, [encodeState({ ...state, files: this.#files })]);
    // The best is named before the last: a crash in between makes the resumed run find and name it again.
    for (const { name, note } of names) {
      await writePointer(pointerPath(this.#run, name), checkpoint, note);
    }
    // What is older goes only when a power cut cannot bring the names back that it had.
    await syncFolder(checkpointFolder(this.#run));
    this.#saved.push(...names.map(({ name }) => ({ step, name, path: paths.weights })));
    await this.#prune(keep);
  }

  /** Removes what is older than the newest few and has no name; what cannot be removed stays. */
  async #prune(keep: number): Promise<void> {
    const list = await listCheckpoints(this.#run).catch(() => undefined);
    if (list === undefined) return;
    const { steps, names, files } = list;
    const kept = new Set(steps.slice(0, keep).map(checkpointOfStep));
    for (const name of names) {
      const target = await readPointer(pointerPath(this.#run, name)).catch(() => undefined);
      // A name that cannot be read may stand for any of them.
      if (target === undefined) return;
      kept.add(target);
    }
    // A record goes before its tensors: it never stands for files that are gone.
    for (const file of files.toSorted()) {
      const [checkpoint] = /^step-\d+(?=\.)/.exec(file) ?? [];
      if (checkpoint === undefined || kept.has(checkpoint)) continue;
      await rm(join(checkpointFolder(this.#run), file), { force: true }).catch(() => undefined);
    }
  }
}

type Tensors = NonNullable<CheckpointContent['tensors']>;

async function writeParts(
  paths: ReturnType<typeof checkpointPaths>,
  { weights, optimizer }: Tensors,
): Promise<CheckpointState['files']> {
  return {
    weights: await writeTensors(paths.weights, weights, { framework: 'segkit' }),
    optimizer: optimizer && (await writeTensors(paths.optimizer, optimizer)),
  };
}

function bytesOf({ weights, optimizer }: Tensors): number {
  return [...weights.values(), ...(optimizer?.values() ?? [])].reduce(
    (sum, { data }) => sum + data.byteLength,
    0,
  );
}
