/** Steps over which the rate is averaged. */
const window = 10;

/** Images per second over the last steps. */
export class RateMeter {
  readonly #steps: { readonly images: number; readonly seconds: number }[] = [];

  /** Adds a step and returns the current rate. */
  add(images: number, seconds: number): number {
    this.#steps.push({ images, seconds });
    if (this.#steps.length > window) this.#steps.shift();
    const total = this.#steps.reduce(
      (sum, step) => ({ images: sum.images + step.images, seconds: sum.seconds + step.seconds }),
      { images: 0, seconds: 0 },
    );
    return total.images / total.seconds;
  }
}
