import { runBeginning, type RunPosition } from '../checkpoint/checkpoint-state.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Where in its work a run is; counts steps, epochs and seconds. */
export class RunProgress {
  readonly #position: Mutable<RunPosition>;
  #since = performance.now();

  constructor(start: RunPosition = runBeginning) {
    this.#position = { ...start };
  }

  /** The position now, as a checkpoint records it. */
  get position(): RunPosition {
    return { ...this.#position, seconds: this.seconds };
  }

  get step(): number {
    return this.#position.step;
  }

  get epoch(): number {
    return this.#position.epoch;
  }

  /** Batches of this epoch that were trained on. */
  get batches(): number {
    return this.#position.batches;
  }

  /** Seconds of training, those before an interruption included. */
  get seconds(): number {
    return this.#position.seconds + (performance.now() - this.#since) / 1000;
  }

  get epochEnded(): boolean {
    return this.#position.epochEnded;
  }

  get stopReason(): string | null {
    return this.#position.stopReason;
  }

  /** Mean loss over the epoch's batches so far, those left out by a guard aside. */
  get meanLoss(): number {
    return this.#position.lossSum / (this.#position.batches - this.#position.skipped);
  }

  beginEpoch(): void {
    Object.assign(this.#position, { batches: 0, skipped: 0, lossSum: 0, epochEnded: false });
    this.#position.epoch += 1;
  }

  endEpoch(): void {
    this.#position.epochEnded = true;
  }

  /** Counts an update, or one that a guard left out. */
  addStep(loss: number, updated: boolean): void {
    this.#position.step += 1;
    this.#position.batches += 1;
    if (updated) this.#position.lossSum += loss;
    else this.#position.skipped += 1;
  }

  /** Goes back to where a checkpoint was saved; the seconds go on. */
  returnTo(position: RunPosition): void {
    const { seconds } = this;
    this.#since = performance.now();
    Object.assign(this.#position, position, { seconds });
  }

  /** Notes a validation at this step; false if there was one already. */
  beginValidation(): boolean {
    if (this.#position.validatedAt === this.#position.step) return false;
    this.#position.validatedAt = this.#position.step;
    return true;
  }

  /** Remembers why the run ends; the first reason counts. */
  end(reason: string): void {
    this.#position.stopReason ??= reason;
  }
}
