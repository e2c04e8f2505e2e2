/** What a handle does to a run. */
export interface SteeredRun {
  pause(): void;
  resume(): void;
  stop(reason: string): void;
}

/**
 * Steers a run from outside: give it to `fit`, then pause, resume and stop. What was asked before the run begins counts
 * from its start on; a handle given to several runs steers them all.
 * @example
 * const handle = new RunHandle();
 * app.fit(config, { handle }).subscribe();
 * handle.pause(); // takes effect after the current step, until handle.resume()
 */
export class RunHandle {
  readonly #runs = new Set<SteeredRun>();
  #paused = false;
  #stopReason: string | undefined;

  /** Whether the run was asked to wait. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Lets the run wait after the current step; a `paused` event tells when it does. */
  pause(): void {
    this.#paused = true;
    for (const run of this.#runs) run.pause();
  }

  /** Lets a paused run go on; a `resumed` event follows. */
  resume(): void {
    this.#paused = false;
    for (const run of this.#runs) run.resume();
  }

  /** Ends the run after the current step, paused or not, with a last validation; `run-end` carries the reason. */
  stop(reason = 'stopped'): void {
    this.#stopReason ??= reason;
    for (const run of this.#runs) run.stop(reason);
  }

  /**
   * Begins to steer a run; `fit` calls this.
   * @returns Lets go of it.
   */
  attach(run: SteeredRun): () => void {
    this.#runs.add(run);
    if (this.#paused) run.pause();
    if (this.#stopReason !== undefined) run.stop(this.#stopReason);
    return () => void this.#runs.delete(run);
  }
}
