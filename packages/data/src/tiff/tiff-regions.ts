import type { FileHandle } from 'node:fs/promises';

import { DataError, formatSize, type Box, type Size } from '@segkit/core';

import { decodePixels, type StoredPixels } from '../reading/decode-pixels.js';
import { encodeDirectory, encodeHeader } from './encode-directory.js';
import { fieldType, numbersField, swapped, tag, type TiffField } from './field-types.js';
import type { TiffDirectory } from './read-directory.js';

/** A part of the pixels that is decoded at once: a few strips, or tiles of one row of tiles. */
export interface Chunk extends Box {
  /** First strip or tile of every plane, and how many. */
  readonly first: number;
  readonly count: number;
}

/** How the pixels of a TIFF are divided. */
export interface ChunkLayout extends Size {
  /** Names the file in errors. */
  readonly path: string;
  /** Rows of one chunk; the last ones may have fewer. */
  readonly chunkHeight: number;
  readonly chunkWidth: number;
  /** The chunk that begins at a row and a column of chunks. */
  chunkAt(row: number, column: number): Chunk;
  /** Decodes one. */
  decode(chunk: Chunk): Promise<StoredPixels>;
}

/** Pixels along a side of a chunk of tiles, and of a strip that is divided. */
const targetSide = 1024;

/** Fields that tell how pixels are stored. */
const pixelFields = [
  ...[tag.bitsPerSample, tag.compression, tag.photometric, tag.fillOrder, tag.samplesPerPixel],
  ...[tag.planarConfiguration, tag.predictor, tag.colorMap, tag.extraSamples, tag.sampleFormat],
  ...[tag.jpegTables, tag.ycbcrSubsampling, tag.referenceBlackWhite],
];

/**
 * Finds how the pixels of a TIFF are divided, so that parts of it can be decoded: its strips or tiles are copied into a small
 * TIFF of their own, which the image library decodes, whatever their compression.
 * @param path - Names the file in errors.
 * @throws DataError if the directory lacks what it must have.
 */
export async function chunkLayout(
  path: string,
  file: FileHandle,
  directory: TiffDirectory,
): Promise<ChunkLayout> {
  const { size: fileSize } = await file.stat();
  const width = one(path, directory, tag.imageWidth);
  const height = one(path, directory, tag.imageLength);
  const pieces = directory.fields.has(tag.tileOffsets)
    ? tilesOf(path, directory)
    : stripsOf(path, directory, { height, width }, fileSize);
  const across = Math.ceil(width / pieces.width);
  const down = Math.ceil(height / pieces.height);
  const perPlane = across * down;
  if (pieces.offsets.length < perPlane || pieces.lengths.length !== pieces.offsets.length) {
    throw new DataError(
      `${path}: expected ${String(perPlane)} strips or tiles for ${formatSize({ height, width })} pixels, found ${String(pieces.offsets.length)}; copy or download the file again.`,
    );
  }
  const columns = Math.max(1, Math.min(across, Math.floor(targetSide / pieces.width)));
  const rows = pieces.tiled
    ? 1
    : Math.max(1, Math.min(down, Math.floor(targetSide / 8 / pieces.height)));
  const [chunkHeight, chunkWidth] = [rows * pieces.height, columns * pieces.width];
  return {
    path,
    ...{ height, width, chunkHeight, chunkWidth },
    chunkAt: (row, column) => ({
      top: row * chunkHeight,
      left: column * chunkWidth,
      height: Math.min(chunkHeight, height - row * chunkHeight),
      width: Math.min(chunkWidth, width - column * chunkWidth),
      first: row * rows * across + column * columns,
      count: pieces.tiled
        ? Math.min(columns, across - column * columns)
        : Math.min(rows, down - row * rows),
    }),
    decode: async (chunk) => {
      const planes = Math.floor(pieces.offsets.length / perPlane);
      const indices = Array.from({ length: planes * chunk.count }, (_, i) => {
        const plane = Math.floor(i / chunk.count);
        return plane * perPlane + chunk.first + (i % chunk.count);
      });
      const parts = await Promise.all(
        indices.map((i) => {
          const [at, length] = [Number(pieces.offsets[i]), Number(pieces.lengths[i])];
          if (at + length > fileSize) throw cutOff(path, fileSize, at + length);
          return readPart(path, file, at, length);
        }),
      );
      return decodePixels(path, smallTiff(directory, pieces, chunk, parts));
    },
  };
}

/** Strips or tiles. */
interface Pieces extends Size {
  readonly tiled: boolean;
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

function tilesOf(path: string, directory: TiffDirectory): Pieces {
  return {
    tiled: true,
    height: one(path, directory, tag.tileLength),
    width: one(path, directory, tag.tileWidth),
    offsets: directory.numbers(tag.tileOffsets),
    lengths: directory.numbers(tag.tileByteCounts),
  };
}

function stripsOf(
  path: string,
  directory: TiffDirectory,
  { height, width }: Size,
  fileSize: number,
): Pieces {
  const offsets = directory.numbers(tag.stripOffsets);
  const lengths = directory.numbers(tag.stripByteCounts);
  const rows = Math.min(height, directory.numbers(tag.rowsPerStrip)[0] ?? height);
  if (rows < 1 || offsets.length === 0) {
    throw new DataError(
      `${path}: expected a TIFF of strips or tiles, found none; copy or download the file again.`,
    );
  }
  const strips: Pieces = { tiled: false, height: rows, width, offsets, lengths };
  return divided(directory, strips, height, fileSize) ?? strips;
}

/** Strips that are not compressed, cut into single rows: a single strip may hold the whole image. */
function divided(
  directory: TiffDirectory,
  strips: Pieces,
  height: number,
  fileSize: number,
): Pieces | undefined {
  const { offsets, lengths, width } = strips;
  const bits = directory.numbers(tag.bitsPerSample);
  const [samples = 1] = directory.numbers(tag.samplesPerPixel);
  const planar = directory.numbers(tag.planarConfiguration)[0] === 2;
  const stored = directory.numbers(tag.compression)[0] ?? 1;
  const rowBytes = (width * (bits[0] ?? 1) * (planar ? 1 : samples)) / 8;
  if (stored !== 1 || strips.height <= targetSide || !Number.isInteger(rowBytes)) return undefined;
  const perPlane = Math.ceil(height / strips.height);
  if (offsets.length % perPlane !== 0) return undefined;
  const rowOffsets = offsets.flatMap((offset, index) => {
    const first = (index % perPlane) * strips.height;
    const rows = Math.min(strips.height, height - first);
    if (rows * rowBytes > Math.min(fileSize, Number(lengths[index]))) return [];
    return Array.from({ length: rows }, (_, row) => offset + row * rowBytes);
  });
  return {
    ...strips,
    height: 1,
    offsets: rowOffsets,
    lengths: rowOffsets.map(() => rowBytes),
  };
}

function one(path: string, directory: TiffDirectory, name: number): number {
  const [value = 0] = directory.numbers(name);
  if (value >= 1) return value;
  throw new DataError(
    `${path}: expected a TIFF with a size, found none in field ${String(name)}; copy or download the file again.`,
  );
}

async function readPart(
  path: string,
  file: FileHandle,
  at: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  if (bytesRead < length) throw cutOff(path, at + bytesRead, at + length);
  return bytes;
}

function cutOff(path: string, size: number, wanted: number): DataError {
  return new DataError(
    `${path}: expected a whole TIFF, found one that ends at byte ${String(size)} of ${String(wanted)}; copy or download the file again.`,
  );
}

function smallTiff(
  { bigEndian, fields }: TiffDirectory,
  pieces: Pieces,
  chunk: Chunk,
  parts: readonly Buffer[],
): Buffer {
  const ordered = (field: TiffField): TiffField => (bigEndian ? swapped(field) : field);
  const long = (...values: number[]) => ordered(numbersField(fieldType.long, values));
  const at = 8 + parts.reduce((sum, part) => sum + part.length, 0);
  const directoryAt = at + (at % 2);
  let offset = 8;
  const offsets = parts.map((part) => {
    const start = offset;
    offset += part.length;
    return start;
  });
  const small = new Map<number, TiffField>();
  for (const name of pixelFields) {
    const field = fields.get(name);
    if (field !== undefined) small.set(name, field);
  }
  small.set(tag.imageWidth, long(chunk.width)).set(tag.imageLength, long(chunk.height));
  const lengths = long(...parts.map((part) => part.length));
  if (pieces.tiled) {
    small.set(tag.tileWidth, long(pieces.width)).set(tag.tileLength, long(pieces.height));
    small.set(tag.tileOffsets, long(...offsets)).set(tag.tileByteCounts, lengths);
  } else {
    small.set(tag.rowsPerStrip, long(pieces.height));
    small.set(tag.stripOffsets, long(...offsets)).set(tag.stripByteCounts, lengths);
  }
  const layout = { at: directoryAt, bigEndian, wide: false };
  return Buffer.concat([
    encodeHeader(layout),
    ...parts,
    Buffer.alloc(directoryAt - at),
    encodeDirectory(small, layout),
  ]);
}
