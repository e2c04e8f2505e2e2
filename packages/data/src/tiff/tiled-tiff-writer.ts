import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

import { formatSize, ShapeError, type Raster, type Size } from '@segkit/core';

import { encodeDirectory, encodeHeader } from './encode-directory.js';
import { fieldType, numbersField, tag, type TiffField } from './field-types.js';
import { writeAside, type RowWriter } from '../output/row-writer.js';
import type { GeoFields } from './geo-fields.js';

const compress = promisify(deflate);

/** Rows and columns of a tile. */
const side = 256;

/** Bits and kind (1 unsigned, 3 float) of samples. */
const samples = {
  uint8: { bits: 8, format: 1, array: Uint8Array },
  uint16: { bits: 16, format: 1, array: Uint16Array },
  uint32: { bits: 32, format: 1, array: Uint32Array },
  float32: { bits: 32, format: 3, array: Float32Array },
} as const;

type SampleArray = InstanceType<(typeof samples)[keyof typeof samples]['array']>;

/** What a tiled TIFF is to hold. */
export interface TiledTiffOptions extends Size {
  readonly channels: number;
  readonly samples: keyof typeof samples;
  /** Colours of the values 0-255, each red, green, blue in 0-255; for one channel of bytes. */
  readonly palette?: readonly (readonly number[])[] | undefined;
  /** Fields of the image that this one was made of. */
  readonly geo?: GeoFields | undefined;
}

/**
 * Writes a TIFF in tiles of 256x256, compressed by deflate, holding one row of tiles in memory; a BigTIFF where it might pass
 * 4 GB.
 */
export function openTiledTiff(path: string, options: TiledTiffOptions): Promise<RowWriter> {
  return writeAside(path, (file) => {
    const writer = new TiledTiff(file, options);
    return { write: (rows) => writer.write(rows), finish: () => writer.finish() };
  });
}

class TiledTiff {
  readonly #file: FileHandle;
  readonly #options: TiledTiffOptions;
  readonly #wide: boolean;
  /** Rows of the row of tiles that is being filled. */
  readonly #band: SampleArray;
  #rows = 0;
  #written = 0;
  #at: number;
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];

  constructor(file: FileHandle, options: TiledTiffOptions) {
    const { width, height, channels } = options;
    const { array, bits } = samples[options.samples];
    const across = Math.ceil(width / side);
    this.#file = file;
    this.#options = options;
    this.#band = new array(side * across * side * channels);
    // Deflate adds at most a few bytes to what it cannot compress.
    const most = across * Math.ceil(height / side) * ((side ** 2 * channels * bits) / 8 + 1024);
    this.#wide = most > 4e9;
    this.#at = this.#wide ? 16 : 8;
  }

  async write(rows: Raster): Promise<void> {
    const { width, height, channels } = this.#options;
    const fits = rows.width === width && rows.channels === channels;
    if (!fits || this.#written + rows.height > height) {
      throw new ShapeError(
        `TIFF: expected rows of ${String(width)} pixels and ${String(channels)} channels up to ${String(height)}, received ${formatSize(rows)} of ${String(rows.channels)} channels after ${String(this.#written)}.`,
      );
    }
    const rowLength = width * channels;
    const bandLength = Math.ceil(width / side) * side * channels;
    for (let y = 0; y < rows.height; y++) {
      this.#band.set(
        rows.data.subarray(y * rowLength, (y + 1) * rowLength),
        this.#rows * bandLength,
      );
      this.#written++;
      if (++this.#rows === side) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const { channels, width } = this.#options;
    const { array } = samples[this.#options.samples];
    const across = Math.ceil(width / side);
    const bandLength = across * side * channels;
    const tiles = Array.from({ length: across }, (_, column) => {
      const tile = new array(side * side * channels);
      for (let y = 0; y < side; y++) {
        const from = y * bandLength + column * side * channels;
        tile.set(this.#band.subarray(from, from + side * channels), y * side * channels);
      }
      return compress(new Uint8Array(tile.buffer));
    });
    for (const bytes of await Promise.all(tiles)) {
      this.#offsets.push(this.#at);
      this.#lengths.push(bytes.length);
      // Tiles begin at even bytes.
      const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
      await this.#file.write(even, 0, even.length, this.#at);
      this.#at += even.length;
    }
    this.#band.fill(0);
    this.#rows = 0;
  }

  async finish(): Promise<void> {
    if (this.#written < this.#options.height) {
      throw new ShapeError(
        `TIFF: expected ${String(this.#options.height)} rows, received ${String(this.#written)}.`,
      );
    }
    if (this.#rows > 0) await this.#flush();
    const layout = { at: this.#at, bigEndian: false, wide: this.#wide };
    const directory = encodeDirectory(this.#fields(), layout);
    await this.#file.write(directory, 0, directory.length, this.#at);
    const header = encodeHeader(layout);
    await this.#file.write(header, 0, header.length, 0);
  }

  #fields(): Map<number, TiffField> {
    const { width, height, channels, palette, geo = new Map() } = this.#options;
    const { bits, format } = samples[this.#options.samples];
    const short = (...values: number[]) => numbersField(fieldType.short, values);
    const long = (...values: number[]) => numbersField(fieldType.long, values);
    const offset = this.#wide ? fieldType.long8 : fieldType.long;
    const color = channels === 3 && format === 1;
    const extra = channels - (color ? 3 : 1);
    const each = (value: number) => short(...Array.from({ length: channels }, () => value));
    return new Map<number, TiffField>([
      ...(geo as GeoFields),
      [tag.imageWidth, long(width)],
      [tag.imageLength, long(height)],
      [tag.bitsPerSample, each(bits)],
      // Adobe's deflate.
      [tag.compression, short(8)],
      [tag.photometric, short(palette ? 3 : color ? 2 : 1)],
      [tag.samplesPerPixel, short(channels)],
      [tag.planarConfiguration, short(1)],
      [tag.tileWidth, short(side)],
      [tag.tileLength, short(side)],
      [tag.tileOffsets, numbersField(offset, this.#offsets)],
      [tag.tileByteCounts, long(...this.#lengths)],
      [tag.sampleFormat, each(format)],
      ...(extra > 0
        ? ([[tag.extraSamples, short(...Array.from({ length: extra }, () => 0))]] as const)
        : []),
      ...(palette ? ([[tag.colorMap, short(...colorMap(palette))]] as const) : []),
    ]);
  }
}

/** All reds, then all greens, then all blues, of 16 bits. */
function colorMap(palette: readonly (readonly number[])[]): number[] {
  return [0, 1, 2].flatMap((channel) =>
    Array.from({ length: 256 }, (_, index) => 257 * (palette[index]?.[channel] ?? 0)),
  );
}
