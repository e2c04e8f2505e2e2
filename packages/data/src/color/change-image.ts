import { DataError, type Raster, type Sample } from '@segkit/core';

/** Changes the values of an image in place. */
export type ChangeValues = (image: Raster<Float32Array>) => void;

function copy(raster: Raster<Float32Array>): Raster<Float32Array> {
  return { ...raster, data: raster.data.slice() };
}

/** A new sample whose image is changed; target and labels stay, as for damage that a network should see through. */
export function changeImage(sample: Sample, change: ChangeValues): Sample {
  const image = copy(sample.image);
  change(image);
  return { ...sample, image };
}

/** A new sample whose image and target are changed alike, as another light changes a scene. */
export function changeLight(sample: Sample, change: ChangeValues): Sample {
  const changed = changeImage(sample, change);
  if (sample.target === undefined) return changed;
  const target = copy(sample.target);
  change(target);
  return { ...changed, target };
}

/** Interpolation leaves the range by rounding. */
const slack = 1e-3;

/** Values looked at, spread over the image: of a normalised one, most are outside. */
const probes = 4096;

/**
 * Checks that an image is still what data sets deliver, by a part of its values.
 * @param path - Where the component stands in the config.
 * @throws DataError if a value is outside [0, 1].
 */
export function expectUnitRange(path: string, name: string, { id, image }: Sample): void {
  const { data } = image;
  // Not a multiple of the channels, so that each has its turn.
  const step = image.channels * Math.floor(data.length / image.channels / probes) + 1;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i += step) {
    const value = data[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low >= -slack && high <= 1 + slack) return;
  throw new DataError(
    `${path}: ${name} expects image values in [0, 1], received ${low.toPrecision(3)} to ${high.toPrecision(3)} ("${id}"); put it before normalize.`,
  );
}

/** A value cut to [0, 1]. */
export function clampUnit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
