import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { NamedArray } from '../components/optimizer.js';
import type { StateValue } from '../components/state-value.js';
import { CheckpointError, messageOf } from '../errors.js';
import {
  checkpointFolder,
  checkpointOfStep,
  checkpointPaths,
  listCheckpoints,
  pointerPath,
} from './checkpoint-files.js';
import { encodeState, type CheckpointState } from './checkpoint-state.js';
import { pointedCheckpoint } from './open-checkpoint.js';
import { writeJson } from './run-folder.js';
import { writeTensors } from './weights.js';
import { writeDurably } from './write-durably.js';

/** A name that a checkpoint is saved under. */
export interface CheckpointName {
  /** `last`, `best`, … */
  readonly name: string;
  /** Written beside the name, for people who look: which score was the best, say. */
  readonly note: Readonly<Record<string, StateValue>>;
}

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
 * another step are never written to, the record with the checksums comes after the tensors, and a name moves last.
 */
export class CheckpointStore {
  readonly #run: string;
  readonly #saved: SavedCheckpoint[] = [];
  /** The tensors' files of the checkpoint written last. */
  #files: CheckpointState['files'] | undefined;
  #queue: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(run: string) {
    this.#run = run;
  }

  /** Puts a checkpoint in line to be written; its arrays must not change any more. */
  save(content: CheckpointContent): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await this.#write(content);
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /**
   * The checkpoints that reached the disk since the last call.
   * @throws CheckpointError if one could not be written; those after it were not tried.
   */
  takeSaved(): SavedCheckpoint[] {
    const saved = this.#saved.splice(0);
    if (saved.length > 0 || this.#failure === undefined) return saved;
    if (this.#failure instanceof CheckpointError) throw this.#failure;
    throw new CheckpointError(
      `${this.#run}: a checkpoint cannot be written: ${messageOf(this.#failure)}`,
      {
        cause: this.#failure,
      },
    );
  }

  /** Waits until everything in line is written, or has failed. */
  async settle(): Promise<void> {
    await this.#queue;
  }

  async #write({ names, keep, tensors, state }: CheckpointContent): Promise<void> {
    await mkdir(checkpointFolder(this.#run), { recursive: true });
    const { step } = state.position;
    const checkpoint = checkpointOfStep(step);
    const paths = checkpointPaths(this.#run, checkpoint);
    if (tensors !== null) this.#files = await writeParts(paths, tensors);
    if (this.#files === undefined)
      throw new Error(`step ${String(step)} was saved without tensors`);
    await writeDurably(paths.state, [encodeState({ ...state, files: this.#files })]);
    // The best is named before the last: a crash in between makes the resumed run find and name it again.
    for (const { name, note } of names) {
      await writeJson(pointerPath(this.#run, name), { checkpoint, ...note });
      this.#saved.push({ step, name, path: paths.weights });
    }
    await this.#prune(keep);
  }

  /** Removes what is older than the newest few and has no name; what cannot be removed stays. */
  async #prune(keep: number): Promise<void> {
    const { steps, names, files } = await listCheckpoints(this.#run);
    const kept = new Set(steps.slice(0, keep).map(checkpointOfStep));
    for (const name of names) {
      const target = await pointedCheckpoint(pointerPath(this.#run, name)).catch(() => undefined);
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

async function writeParts(
  paths: ReturnType<typeof checkpointPaths>,
  { weights, optimizer }: NonNullable<CheckpointContent['tensors']>,
): Promise<CheckpointState['files']> {
  return {
    weights: await writeTensors(paths.weights, weights, { framework: 'segkit' }),
    optimizer: optimizer && (await writeTensors(paths.optimizer, optimizer)),
  };
}
