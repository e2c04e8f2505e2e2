import type { Activation } from '../components/loss.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { Raster } from '../tensor/raster.js';
import { collectBands } from './collect-bands.js';
import { rasterSource } from './image-source.js';
import { planWindows } from './plan-windows.js';
import { checkPredictOptions, type PredictOptions } from './predict-options.js';
import { streamWindows } from './stream-windows.js';
import { createWindowProbe, type WindowProbe } from './window-probe.js';

/**
 * Probabilities of an image in memory, put together as the options say.
 * @param image - `[height, width, inChannels]`, normalised as in training.
 * @param probe - Of the same network, if there are several images.
 * @returns `[height, width, outChannels]`.
 * @throws ConfigError if an option is wrong.
 */
export async function predictTiled(
  model: SegmentationModel,
  activation: Activation,
  image: Raster<Float32Array>,
  options: PredictOptions,
  probe: WindowProbe = createWindowProbe(model),
): Promise<Raster<Float32Array>> {
  checkPredictOptions(options);
  const plan = planWindows(model, probe, image, options);
  const bands = streamWindows(model, activation, rasterSource(image), plan, options);
  return collectBands(image, bands);
}
