/** Mean of the numbers it was given; NaN values are left out. */
export class RunningMean {
  #sum = 0;
  #count = 0;

  /** Adds a value unless it is NaN. */
  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.#sum += value;
    this.#count += 1;
  }

  /** The mean so far; NaN if nothing was added. */
  get value(): number {
    return this.#sum / this.#count;
  }
}
