import type { LabelSchema, PredictionBand, Raster } from '@segkit/core';
import {
  colorize,
  drawObjects,
  encodeLabelPng,
  encodePng,
  gatherRows,
  geoJson,
  georeferenceOf,
  LabelComponents,
  openNpy,
  openTiledTiff,
  overlay,
  toBytes,
  writeAtomically,
  type FileSource,
  type LabelObject,
  type RowWriter,
} from '@segkit/data';

import type { FormatName } from './prediction-formats.js';

/** Everything that decides how a prediction is written. */
export interface WriterContext {
  readonly source: FileSource;
  readonly schema: LabelSchema;
  /** Whether maps are TIFFs. */
  readonly tiff: boolean;
  /** Channels of the probabilities. */
  readonly channels: number;
  /** Smallest object that is kept, in pixels. */
  readonly minimumArea: number;
}

/** Writes one format of a prediction, band by band. */
export interface PredictionWriter {
  /** @param image - The same rows of the image. */
  write(band: PredictionBand, image: () => Promise<Raster<Float32Array>>): Promise<void>;
  /** Finishes the file, which then appears under its name. */
  close(): Promise<void>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** Makes the writer of a format for a network that makes classes. */
export async function openWriter(
  format: FormatName,
  path: string,
  context: WriterContext,
): Promise<PredictionWriter> {
  switch (format) {
    case 'labels':
      return rowsOf(
        await labelWriter(path, context),
        ({ labels }) =>
          labels && (isPalettePng(context) ? labels : withIds(labels, idsOf(context.schema))),
      );
    case 'color':
      return rowsOf(
        await colorWriter(path, context),
        ({ labels }) => labels && colorize(labels, context.schema.classes),
      );
    case 'overlay':
      return rowsOf(
        await colorWriter(path, context),
        async ({ labels }, image) =>
          labels && overlay(await image(), labels, context.schema.classes),
      );
    case 'probabilities':
    case 'npy':
      return openImageWriter(format, path, context);
    case 'polygons':
      return objectWriter(context, (objects) => writePolygons(path, objects, context));
    case 'instances':
      return objectWriter(context, (objects) => writeInstances(path, objects, context));
  }
}

/** Makes the writer of a format for what a network makes, be it probabilities or an image. */
export async function openImageWriter(
  format: FormatName,
  path: string,
  context: WriterContext,
): Promise<PredictionWriter> {
  const { source, channels, tiff } = context;
  const size = { height: source.height, width: source.width, channels };
  const floats = ({ probabilities }: PredictionBand) => probabilities;
  if (format === 'npy') return rowsOf(await openNpy(path, size), floats);
  if (format === 'probabilities') {
    const options = { ...size, samples: 'float32', geo: source.geo } as const;
    return rowsOf(await openTiledTiff(path, options), floats);
  }
  const bytes = ({ probabilities }: PredictionBand) => toBytes(probabilities);
  const writer = tiff
    ? await openTiledTiff(path, { ...size, samples: 'uint8', geo: source.geo })
    : gatherRows(path, { ...size, data: new Uint8Array(pixelsOf(size) * channels) }, encodePng);
  return rowsOf(writer, bytes);
}

function pixelsOf({ height, width }: { readonly height: number; readonly width: number }): number {
  return height * width;
}

type Rows = Raster | undefined;

function rowsOf(
  writer: RowWriter,
  rows: (band: PredictionBand, image: () => Promise<Raster<Float32Array>>) => Rows | Promise<Rows>,
): PredictionWriter {
  return {
    ...writer,
    write: async (band, image) => {
      const made = await rows(band, image);
      if (made !== undefined) await writer.write(made);
    },
  };
}

/** Ids above do not fit a palette, whose last index is left to ignored pixels. */
const paletteIds = 254;

/** What stands for each class in a label map: its id, by default its index. */
function idsOf({ classes }: LabelSchema): number[] {
  return classes.map(({ id }, index) => id ?? index);
}

function withIds(labels: Raster<Int32Array>, ids: readonly number[]): Raster<Int32Array> {
  return { ...labels, data: labels.data.map((label) => ids[label] ?? label) };
}

/** `encodeLabelPng` writes ids itself. */
function isPalettePng({ tiff, schema }: WriterContext): boolean {
  return !tiff && Math.max(...idsOf(schema)) <= paletteIds;
}

async function labelWriter(path: string, context: WriterContext): Promise<RowWriter> {
  const { source, schema, tiff } = context;
  const size = { height: source.height, width: source.width, channels: 1 };
  const ids = idsOf(schema);
  const wide = Math.max(...ids) > paletteIds;
  if (tiff) {
    const palette = Array.from(
      { length: Math.max(...ids) + 1 },
      (_, id) => schema.classes[ids.indexOf(id)]?.color ?? ([0, 0, 0] as const),
    );
    return openTiledTiff(path, {
      ...{ ...size, samples: wide ? 'uint16' : 'uint8', geo: source.geo },
      palette: wide ? undefined : palette,
    });
  }
  if (wide) return gatherRows(path, { ...size, data: new Uint16Array(pixelsOf(size)) }, encodePng);
  return gatherRows(path, { ...size, data: new Int32Array(pixelsOf(size)) }, (labels) =>
    encodeLabelPng(labels, schema),
  );
}

async function colorWriter(path: string, { source, tiff }: WriterContext): Promise<RowWriter> {
  const size = { height: source.height, width: source.width, channels: 3 };
  if (tiff) return openTiledTiff(path, { ...size, samples: 'uint8', geo: source.geo });
  return gatherRows(path, { ...size, data: new Uint8Array(3 * pixelsOf(size)) }, encodePng);
}

function objectWriter(
  { minimumArea }: WriterContext,
  finish: (objects: readonly LabelObject[]) => Promise<void>,
): PredictionWriter {
  const components = new LabelComponents();
  return {
    write: ({ labels }) => {
      if (labels !== undefined) components.add(labels);
      return Promise.resolve();
    },
    close: () => finish(components.objects(minimumArea)),
    abort: () => Promise.resolve(),
  };
}

async function writePolygons(
  path: string,
  objects: readonly LabelObject[],
  { source, schema }: WriterContext,
): Promise<void> {
  const georeference = source.geo && georeferenceOf(source.geo);
  const text = [...geoJson(objects, schema.classes, georeference)].join('');
  await writeAtomically(path, Buffer.from(text));
}

async function writeInstances(
  path: string,
  objects: readonly LabelObject[],
  { source, tiff }: WriterContext,
): Promise<void> {
  const size = { height: source.height, width: source.width, channels: 1 };
  const writer = tiff
    ? await openTiledTiff(path, { ...size, samples: 'uint32', geo: source.geo })
    : gatherRows(path, { ...size, data: new Uint16Array(pixelsOf(size)) }, encodePng);
  try {
    for (const band of drawObjects(objects, size, tiff ? 2 ** 31 - 1 : 65535)) {
      await writer.write(band);
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
