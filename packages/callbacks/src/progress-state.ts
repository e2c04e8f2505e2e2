import type { Step, Validation } from '@segkit/core';

import { formatDuration } from './format-duration.js';

/** What a progress display shows, as texts. */
export interface ProgressTexts {
  /** Smoothed training loss. */
  readonly loss: string;
  /** Name and value of the last validation's metric, or its loss where there is none; empty before the first. */
  readonly score: string;
  readonly imagesPerSecond: string;
  readonly timeLeft: string;
}

const SMOOTHING = 0.9;

/** Follows the events and computes what a display shows. */
export class ProgressState {
  readonly #metric: string;
  readonly #now: () => number;
  #first: { readonly step: number; readonly time: number } | undefined;
  #average = 0;
  #weight = 0;
  #validation: Validation | undefined;

  /**
   * @param metric - Name of the validation metric to show.
   * @param now - Milliseconds.
   */
  constructor(metric: string, now: () => number) {
    this.#metric = metric;
    this.#now = now;
  }

  /** Takes a step's loss into the average. */
  addStep({ step, loss, seconds }: Step): void {
    this.#first ??= { step: step - 1, time: this.#now() - seconds * 1000 };
    this.#average = SMOOTHING * this.#average + (1 - SMOOTHING) * loss;
    this.#weight = SMOOTHING * this.#weight + (1 - SMOOTHING);
  }

  /** Leaves the seconds of a pause out of the time left. */
  addPause(seconds: number): void {
    if (this.#first !== undefined) {
      this.#first = { ...this.#first, time: this.#first.time + 1000 * seconds };
    }
  }

  /** Remembers the last validation. */
  addValidation(validation: Validation): void {
    this.#validation = validation;
  }

  /**
   * The texts after a step. The time left assumes that the rest takes as long per step as the steps since the
   * run's start or resumption did, validations included.
   */
  texts({ step, totalSteps, imagesPerSecond }: Step): ProgressTexts {
    const { step: from, time } = this.#first ?? { step: 0, time: this.#now() };
    const secondsPerStep = (this.#now() - time) / 1000 / (step - from);
    return {
      loss: (this.#average / this.#weight).toFixed(4),
      score: this.#validation === undefined ? '' : this.#scoreText(this.#validation),
      imagesPerSecond: imagesPerSecond.toFixed(1),
      timeLeft: formatDuration(secondsPerStep * (totalSteps - step)),
    };
  }

  /** `meanIoU 0.7123`; empty if the validation has no such metric. */
  metricText({ metrics }: Validation): string {
    const value = metrics[this.#metric];
    return value === undefined ? '' : `${this.#metric} ${value.toFixed(4)}`;
  }

  #scoreText(validation: Validation): string {
    const metric = this.metricText(validation);
    return metric === '' ? `validation loss ${validation.loss.toFixed(4)}` : metric;
  }
}
