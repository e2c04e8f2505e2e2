import type { PixelArray } from '../tensor/raster.js';
import { elementBytes, type ElementType } from '../weights/element-type.js';
import { parseSafetensorsHeader } from '../weights/safetensors-header.js';
import {
  sampleRasters,
  type PackedRaster,
  type PackedSample,
  type RasterName,
} from './packed-sample.js';

/** A sample in a file, and what it was made of. */
export interface SampleFile {
  /** The data set's text for the files that the sample was read from. */
  readonly fingerprint: string;
  readonly sample: PackedSample;
}

function elementTypeOf(data: PixelArray): ElementType {
  if (data instanceof Uint8Array) return 'U8';
  if (data instanceof Uint16Array) return 'U16';
  return data instanceof Int32Array ? 'I32' : 'F32';
}

/**
 * A packed sample as a safetensors file: rasters are `[height, width, channels]` arrays, `levels` and the rest stand in the
 * metadata.
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSampleFile({ fingerprint, sample }: SampleFile): Uint8Array {
  const rasters = Object.entries(sample.rasters);
  const levels = Object.fromEntries(rasters.map(([name, { levels: count }]) => [name, count]));
  const metadata = { id: sample.id, fingerprint, levels: JSON.stringify(levels) };
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { height, width, channels, data }] of rasters) {
    const begin = end;
    end += data.byteLength;
    const shape = [height, width, channels];
    header[name] = { dtype: elementTypeOf(data), shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let position = 8 + text.length;
  for (const [, { data }] of rasters) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

function typed(type: ElementType, { buffer }: Uint8Array<ArrayBuffer>): PixelArray {
  if (type === 'U8') return new Uint8Array(buffer);
  if (type === 'U16') return new Uint16Array(buffer);
  return type === 'I32' ? new Int32Array(buffer) : new Float32Array(buffer);
}

/**
 * The sample that a file holds.
 * @param where - The file's name, for messages.
 * @throws Error if the file is none of `encodeSampleFile`'s, or damaged, or cut off.
 */
export function decodeSampleFile(file: Uint8Array, where: string): SampleFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataStart = 8 + Number(view.getBigUint64(0, true));
  const { entries, metadata } = parseSafetensorsHeader(
    file.subarray(8, dataStart),
    file.length,
    where,
  );
  const { id = '', fingerprint = '', levels = '{}' } = metadata;
  const counts = JSON.parse(levels) as Partial<Record<RasterName, PackedRaster['levels']>>;
  const rasters: Partial<Record<RasterName, PackedRaster>> = {};
  for (const name of sampleRasters) {
    const entry = entries.get(name);
    if (entry === undefined) continue;
    const [height = 0, width = 0, channels = 0] = entry.shape;
    const bytes = new Uint8Array(entry.end - entry.begin);
    bytes.set(file.subarray(entry.begin, entry.end));
    if (bytes.length !== height * width * channels * elementBytes(entry.type)) {
      throw new Error(`${where}: "${name}" is no raster of ${entry.shape.join('x')}.`);
    }
    rasters[name] = {
      ...{ height, width, channels },
      levels: counts[name] ?? 0,
      data: typed(entry.type, bytes),
    };
  }
  const { image } = rasters;
  if (image === undefined) throw new Error(`${where}: holds no image.`);
  return { fingerprint, sample: { id, rasters: { ...rasters, image } } };
}
