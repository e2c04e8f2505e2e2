import type { DecodedSample } from '../components/dataset.js';
import type { Sample } from '../components/sample.js';
import type { PixelArray, Raster } from '../tensor/raster.js';

/** The rasters of a sample that are packed. */
export const sampleRasters = ['image', 'labels', 'instances', 'weights', 'target'] as const;

/** The name of one of a sample's rasters. */
export type RasterName = (typeof sampleRasters)[number];

/**
 * A raster in as few bytes as hold it exactly, in memory that threads share. Of floats that all are `k / levels`, the `k`
 * are stored; `levels` 0 means that values are stored as they are.
 */
export interface PackedRaster extends Raster {
  readonly levels: 0 | 255 | 65535;
}

/** A loaded sample, before any transform, as caches keep it. */
export interface PackedSample {
  readonly id: string;
  readonly rasters: Readonly<
    { image: PackedRaster } & Partial<Record<Exclude<RasterName, 'image'>, PackedRaster>>
  >;
}

type ArrayType<T extends PixelArray> = new (buffer: SharedArrayBuffer) => T;

function shared<T extends PixelArray>(Type: ArrayType<T>, length: number, bytes: number): T {
  return new Type(new SharedArrayBuffer(length * bytes));
}

/** `k / levels` as float32 for every k: what data sets make of 8 and 16 bits. */
function fractions(levels: number): Float32Array {
  return Float32Array.from({ length: levels + 1 }, (_, k) => k / levels);
}

const fractionsOf = { 255: fractions(255), 65535: fractions(65535) } as const;

/** The `k` of every value, or `undefined` if one of them is no `k / levels` (or -0, which would lose its sign). */
function toLevels(data: Float32Array, levels: 255 | 65535): Uint8Array | Uint16Array | undefined {
  const exact = fractionsOf[levels];
  const packed =
    levels === 255 ? shared(Uint8Array, data.length, 1) : shared(Uint16Array, data.length, 2);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    const level = Math.round(value * levels);
    if (exact[level] !== value || (level === 0 && Object.is(value, -0))) return undefined;
    packed[i] = level;
  }
  return packed;
}

function packFloats({ data, ...shape }: Raster<Float32Array>): PackedRaster {
  for (const levels of [255, 65535] as const) {
    const packed = toLevels(data, levels);
    if (packed !== undefined) return { ...shape, levels, data: packed };
  }
  const whole = shared(Float32Array, data.length, 4);
  whole.set(data);
  return { ...shape, levels: 0, data: whole };
}

function packIntegers({ data, ...shape }: Raster<Int32Array>): PackedRaster {
  const within = (limit: number): boolean => data.every((value) => value >= 0 && value <= limit);
  const packed = within(255)
    ? shared(Uint8Array, data.length, 1)
    : within(65535)
      ? shared(Uint16Array, data.length, 2)
      : shared(Int32Array, data.length, 4);
  packed.set(data);
  return { ...shape, levels: 0, data: packed };
}

/** Packs a sample as loaded; `openPacked` gives the very same numbers. */
export function packSample({
  id,
  image,
  labels,
  instances,
  weights,
  target,
}: Sample): PackedSample {
  return {
    id,
    rasters: {
      image: packFloats(image),
      ...(labels && { labels: packIntegers(labels) }),
      ...(instances && { instances: packIntegers(instances) }),
      ...(weights && { weights: packFloats(weights) }),
      ...(target && { target: packFloats(target) }),
    },
  };
}

function unpackFloats({
  height,
  width,
  channels,
  levels,
  data,
}: PackedRaster): Raster<Float32Array> {
  const shape = { height, width, channels };
  if (levels === 0) return { ...shape, data: new Float32Array(data) };
  const values = fractionsOf[levels];
  const unpacked = new Float32Array(data.length);
  for (let i = 0; i < unpacked.length; i++) unpacked[i] = values[data[i] as number] as number;
  return { ...shape, data: unpacked };
}

function unpackIntegers({ height, width, channels, data }: Raster): Raster<Int32Array> {
  return { height, width, channels, data: new Int32Array(data) };
}

/** The sample that was packed, as if it had been decoded: the very same numbers. */
export function openPacked({ id, rasters }: PackedSample): DecodedSample {
  const floats = (name: RasterName, raster: Raster): Raster<Float32Array> =>
    unpackFloats({ ...raster, levels: rasters[name]?.levels ?? 0 });
  return {
    stored: { id, ...rasters },
    convert: ({ image, labels, instances, weights, target }) => ({
      id,
      image: floats('image', image),
      ...(labels && { labels: unpackIntegers(labels) }),
      ...(instances && { instances: unpackIntegers(instances) }),
      ...(weights && { weights: floats('weights', weights) }),
      ...(target && { target: floats('target', target) }),
    }),
  };
}

/** Bytes of a packed sample's pixels. */
export function packedBytes({ rasters }: PackedSample): number {
  return Object.values(rasters).reduce((sum, { data }) => sum + data.byteLength, 0);
}
