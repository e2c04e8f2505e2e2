import { ShapeError, type LabelSchema, type PredictOptions, type Predictor } from '@segkit/core';
import { type imageOptionsOf, openImageSource, type FileSource } from '@segkit/data';

import { openImageWriter, openWriter, type PredictionWriter } from './prediction-writers.js';
import type { PlannedPrediction } from './plan-predictions.js';

/** What was done for one image. */
export interface PredictedImage {
  readonly input: string;
  readonly height: number;
  readonly width: number;
  /** How the image was divided. */
  readonly mode: string;
  /** Height and width of the windows that the network saw, and how many there were. */
  readonly tile: readonly [height: number, width: number];
  readonly tiles: number;
  readonly seconds: number;
  readonly megapixelsPerSecond: number;
  readonly outputs: readonly string[];
}

/** How stored numbers become images. */
export type ImageReading = ReturnType<typeof imageOptionsOf>;

/** How images are predicted and written. */
export interface PredictJob {
  /** How stored numbers become images; as of the data that the network was trained on. */
  readonly reading: ImageReading;
  readonly predictor: Predictor;
  readonly schema: LabelSchema;
  readonly options: PredictOptions;
  /** Smallest object of polygons and instances, in pixels. */
  readonly minimumArea: number;
}

/**
 * Opens an image with the channels that a network takes.
 * @throws ShapeError if it has others; DataError if it cannot be read.
 */
export async function openForNetwork(
  path: string,
  inChannels: number,
  reading: ImageReading,
): Promise<FileSource> {
  const convertible = inChannels === 1 || inChannels === 3;
  const source = await openImageSource(path, {
    ...reading,
    channels: convertible ? inChannels : undefined,
  });
  if (source.channels === inChannels) return source;
  await source.close();
  throw new ShapeError(
    `${path}: the network takes ${String(inChannels)} channels, the image has ${String(source.channels)}; convert the image.`,
  );
}

/**
 * Predicts an image and writes all that is wanted of it; files appear when they are whole.
 * @param tiff - Whether maps are TIFFs.
 */
export async function predictImage(
  { reading, predictor, schema, options, minimumArea }: PredictJob,
  { input, outputs }: PlannedPrediction,
  tiff: boolean,
): Promise<PredictedImage> {
  const started = performance.now();
  const source = await openForNetwork(input, predictor.inChannels, reading);
  const open = predictor.activation === 'none' ? openImageWriter : openWriter;
  const context = { source, schema, tiff, channels: predictor.outChannels, minimumArea };
  const writers: PredictionWriter[] = [];
  try {
    for (const [format, path] of outputs) writers.push(await open(format, path, context));
    for await (const band of predictor.stream(source, { ...options, id: input })) {
      const { height } = band.probabilities;
      const image = () => source.read({ top: band.top, left: 0, height, width: source.width });
      for (const writer of writers) await writer.write(band, image);
    }
    while (writers.length > 0) {
      // One that cannot be closed is still there to be aborted.
      await writers[0]?.close();
      writers.shift();
    }
  } catch (error) {
    for (const writer of writers) await writer.abort();
    throw error;
  } finally {
    await source.close();
  }
  const { height, width } = source;
  const { mode, rows, columns } = predictor.plan(source, options);
  const seconds = (performance.now() - started) / 1000;
  return {
    ...{ input, height, width, mode, tile: [rows.window, columns.window] },
    tiles: rows.spans.length * columns.spans.length,
    ...{ seconds, megapixelsPerSecond: (height * width) / 1e6 / seconds },
    outputs: [...outputs.values()],
  };
}
