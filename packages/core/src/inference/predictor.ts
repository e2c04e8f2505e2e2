import type { Activation } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { ShapeError } from '../errors.js';
import { applyTransforms } from '../loading/apply-transforms.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { randomStream } from '../tensor/random-stream.js';
import type { Raster } from '../tensor/raster.js';
import type { Size } from '../tensor/size.js';
import { collectBands } from './collect-bands.js';
import { rasterSource, type ImageSource } from './image-source.js';
import { labelsFromProbabilities } from './labels-from-logits.js';
import { planWindows, type WindowPlan } from './plan-windows.js';
import { checkPredictOptions, type PredictOptions } from './predict-options.js';
import { streamWindows, type ProbabilityBand } from './stream-windows.js';
import { createWindowProbe } from './window-probe.js';

/** What a network says of one image. */
export interface Prediction {
  /** Class indices, one channel; absent in image-to-image tasks. */
  readonly labels?: Raster<Int32Array>;
  /** Probabilities by class (one channel for a binary sigmoid), or the output image. */
  readonly probabilities: Raster<Float32Array>;
}

/** What a network says of some rows of an image. */
export interface PredictionBand extends Prediction {
  /** First row. */
  readonly top: number;
}

/** Applies a trained network, or several, to images. */
export interface Predictor {
  readonly inChannels: number;
  /** Channels of the probabilities. */
  readonly outChannels: number;
  /** What the logits go through; `none` in image-to-image tasks. */
  readonly activation: Activation;
  /**
   * @param image - `[height, width, inChannels]` float32 in [0, 1], of any size.
   * @returns Rasters of the image's size.
   * @throws ShapeError if the channels differ from the network's; ConfigError if an option is wrong.
   */
  predict(image: Raster<Float32Array>, options?: PredictOptions): Promise<Prediction>;
  /**
   * Predicts an image piece by piece, from top to bottom, so that neither image nor prediction need fit in memory. Where a
   * validation transform looks at more than single pixels, the image is read whole.
   * @returns Bands of rows over the whole width, in order, which together make the image.
   * @throws As `predict` does.
   */
  stream(source: ImageSource, options?: PredictOptions): AsyncGenerator<PredictionBand>;
  /**
   * How an image would be divided, after the validation transforms where these leave its size.
   * @throws As `predict` does.
   */
  plan(image: Size, options?: PredictOptions): WindowPlan;
  /** Whether `stream` reads images piece by piece. */
  readonly streams: boolean;
}

/** Makes a predictor that prepares images by the config's validation transforms. */
export function createPredictor(
  model: SegmentationModel,
  activation: Activation,
  transforms: readonly Transform[],
): Predictor {
  const probe = createWindowProbe(model);
  const streams = transforms.every(({ pointwise = false }) => pointwise);
  const plan = (image: Size, options: PredictOptions = {}): WindowPlan => {
    checkPredictOptions(options);
    return planWindows(model, probe, image, options);
  };
  const windows = (source: ImageSource, options: PredictOptions) =>
    streamWindows(model, activation, source, plan(source, options), options);

  async function* probabilities(
    source: ImageSource,
    options: PredictOptions,
  ): AsyncGenerator<ProbabilityBand> {
    const { id = 'image' } = options;
    const prepare = (image: Raster<Float32Array>): Sample =>
      applyTransforms(transforms, { id, image }, randomStream(0));
    if (streams) {
      const read: ImageSource['read'] = async (box) => prepare(await source.read(box)).image;
      yield* windows({ ...sizeOf(source), channels: source.channels, read }, options);
      return;
    }
    const { image, restore = [] } = prepare(
      await source.read({ top: 0, left: 0, ...sizeOf(source) }),
    );
    const whole = await collectBands(image, windows(rasterSource(image), options));
    yield { top: 0, probabilities: restore.reduce((raster, undo) => undo(raster), whole) };
  }

  return predictorOf({
    ...{ inChannels: model.inChannels, outChannels: model.outChannels, activation },
    ...{ plan, streams, probabilities },
  });
}

function sizeOf({ height, width }: Size): Size {
  return { height, width };
}

/** What predictors differ in. */
export interface PredictorParts extends Omit<Predictor, 'predict' | 'stream'> {
  /** Probabilities, or the output image, from top to bottom. */
  readonly probabilities: (
    source: ImageSource,
    options: PredictOptions,
  ) => AsyncGenerator<ProbabilityBand>;
}

/** Makes a predictor of what gives probabilities. */
export function predictorOf({ probabilities, ...parts }: PredictorParts): Predictor {
  const { inChannels, activation } = parts;

  async function* stream(
    source: ImageSource,
    options: PredictOptions = {},
  ): AsyncGenerator<PredictionBand> {
    checkPredictOptions(options);
    expectChannels(source.channels, inChannels, options.id);
    for await (const band of probabilities(source, options)) {
      yield { ...band, ...labelled(band.probabilities, activation) };
    }
  }

  return {
    ...parts,
    stream,
    predict: async (image, options = {}) => {
      const bands = stream(rasterSource(image), options);
      const raster = await collectBands(image, bands);
      return { probabilities: raster, ...labelled(raster, activation) };
    },
  };
}

function labelled(
  probabilities: Raster<Float32Array>,
  activation: Activation,
): Pick<Prediction, 'labels'> {
  if (activation === 'none') return {};
  const data = labelsFromProbabilities(probabilities.data, probabilities.channels);
  return { labels: { ...probabilities, channels: 1, data } };
}

function expectChannels(received: number, inChannels: number, id = 'image'): void {
  if (received === inChannels) return;
  throw new ShapeError(
    `predict ${id}: the network takes ${String(inChannels)} channels, received ${String(received)}; ` +
      'convert the image, or train with the data set\'s "channels" set.',
  );
}
