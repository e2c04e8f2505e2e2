import type { Sample } from '../../components/sample.js';
import type { PixelArray, Raster } from '../../tensor/raster.js';
import { sampleRasters } from '../packed-sample.js';

/** A sample that can be sent, and the memory that goes with it. */
export interface SendableSample {
  readonly sample: Sample;
  /** Buffers to be transferred, each once. */
  readonly transfer: readonly ArrayBuffer[];
}

/** Whether an array is the only one in its buffer, and the buffer can change hands. */
function ownsBuffer({ buffer, byteLength }: PixelArray): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
}

/**
 * Prepares a sample to be sent without copying what was made for it. Pixels that the data set may still hold, for no
 * transform touched them, are copied, and so is what shares a buffer with something else.
 * @param loaded - The sample before its transforms; `undefined` if nobody else holds it.
 */
export function sendableSample(sample: Sample, loaded: Sample | undefined): SendableSample {
  const held = new Set<unknown>(
    sampleRasters.map((name) => loaded?.[name]?.data.buffer).filter((buffer) => buffer),
  );
  const transfer: ArrayBuffer[] = [];
  const own = <T extends PixelArray>(raster: Raster<T>): Raster<T> => {
    const { buffer } = raster.data;
    const data = ownsBuffer(raster.data) && !held.has(buffer) ? raster.data : raster.data.slice();
    held.add(data.buffer);
    transfer.push(data.buffer as ArrayBuffer);
    return { ...raster, data: data as T };
  };
  const { id, image, labels, instances, weights, target } = sample;
  return {
    sample: {
      id,
      image: own(image),
      ...(labels && { labels: own(labels) }),
      ...(instances && { instances: own(instances) }),
      ...(weights && { weights: own(weights) }),
      ...(target && { target: own(target) }),
    },
    transfer,
  };
}
