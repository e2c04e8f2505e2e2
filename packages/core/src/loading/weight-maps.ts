import type { Loss } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Raster } from '../tensor/raster.js';

/** Weight maps kept in memory, in bytes. */
const cacheLimit = 512 * 2 ** 20;

/** Adds a loss's weight maps to samples; each is made once per image and kept, up to 512 MB in all. */
export class WeightMaps {
  readonly #loss: Loss;
  readonly #maps = new Map<number, Raster<Float32Array>>();
  #bytes = 0;

  constructor(loss: Loss) {
    this.#loss = loss;
  }

  /**
   * Adds the weight map of a whole image, before any transform: transforms move it along with the labels.
   * @param index - The sample's index in its data set.
   */
  addTo(sample: Sample, index: number): Sample {
    if (this.#loss.weightMap === undefined || sample.labels === undefined) return sample;
    const kept = this.#maps.get(index);
    if (kept !== undefined) return { ...sample, weights: kept };
    const weights = this.#loss.weightMap(sample.labels, sample.instances);
    if (this.#bytes + weights.data.byteLength <= cacheLimit) {
      this.#maps.set(index, weights);
      this.#bytes += weights.data.byteLength;
    }
    return { ...sample, weights };
  }
}
