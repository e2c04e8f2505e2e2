import { hostname } from 'node:os';

import { startEvent, summaryEvent, type SummaryValue, versionEvent } from './event-message.js';
import { flattenConfig, sessionEnd, sessionStart } from './hyper-parameters.js';
import { RecordFile } from './record-file.js';

/** The event file of one run's start; made when the first value comes. */
export class EventFile {
  readonly #now: () => number;
  #records: RecordFile | undefined;
  #hasSteps = false;
  #ended = false;

  /** @param now - Milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Writes values of a step; none, none. */
  append(folder: string, step: number, values: readonly SummaryValue[]): void {
    if (values.length === 0) return;
    this.#records ??= this.#open(folder);
    this.#records.append(summaryEvent({ time: this.#seconds(), step }, values));
  }

  /** Voids what earlier files hold from the first step of this run on. */
  startSteps(folder: string, step: number): void {
    if (this.#hasSteps) return;
    this.#hasSteps = true;
    this.#records ??= this.#open(folder);
    this.#records.append(startEvent({ time: this.#seconds(), step }));
  }

  /** Writes the config as hyper-parameters. */
  startSession(folder: string, config: Readonly<Record<string, unknown>>): void {
    this.append(folder, 0, [sessionStart(flattenConfig(config), this.#seconds())]);
  }

  /** Ends the session as a success. */
  endSession(folder: string, step: number): void {
    this.#ended = true;
    this.append(folder, step, [sessionEnd('success', this.#seconds())]);
  }

  /** Ends the session as a failure, unless it has ended, and closes; again does nothing. */
  close(): void {
    const records = this.#records;
    this.#records = undefined;
    try {
      const time = this.#seconds();
      if (!this.#ended)
        records?.append(summaryEvent({ time, step: 0 }, [sessionEnd('failure', time)]));
    } finally {
      records?.close();
    }
  }

  #seconds(): number {
    return this.#now() / 1000;
  }

  #open(folder: string): RecordFile {
    const time = this.#seconds();
    const origin = `${String(Math.floor(time))}.${hostname()}.${String(process.pid)}`;
    const records = new RecordFile(folder, `events.out.tfevents.${origin}`);
    try {
      records.append(versionEvent(time));
    } catch (error) {
      // Every event tries anew: a full disk must not fill up with empty files.
      records.discard();
      throw error;
    }
    return records;
  }
}
