import type { Raster, Sample } from '@segkit/core';

/** Bytes of a sample's pixels. */
function bytesOf({ image, labels, instances, weights, target }: Sample): number {
  const rasters: (Raster | undefined)[] = [image, labels, instances, weights, target];
  return rasters.reduce((sum, raster) => sum + (raster?.data.byteLength ?? 0), 0);
}

/**
 * Keeps decoded samples until its memory is full, then keeps what it has: every epoch asks for every sample once, so
 * throwing out the oldest would throw out just what is asked for next.
 */
export class SampleCache {
  readonly #samples = new Map<number, Sample>();
  #free: number;

  /** @param megabytes - Memory for pixels, in MiB. */
  constructor(megabytes: number) {
    this.#free = megabytes * 2 ** 20;
  }

  /** The sample of an index, if it was kept. */
  get(index: number): Sample | undefined {
    return this.#samples.get(index);
  }

  /** Keeps the sample if there is room. */
  offer(index: number, sample: Sample): void {
    const bytes = bytesOf(sample);
    if (this.#samples.has(index) || bytes > this.#free) return;
    this.#samples.set(index, sample);
    this.#free -= bytes;
  }
}
