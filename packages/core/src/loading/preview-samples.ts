import type { Sample } from '../components/sample.js';
import type { Config } from '../config/config-schema.js';
import type { Registry } from '../registry/registry.js';
import { randomStream } from '../tensor/random-stream.js';
import { applyTransforms, augmentationStream } from './apply-transforms.js';
import { createTransforms, openDataset } from './create-data.js';
import { EpochOrders } from './epoch-orders.js';
import { WeightMaps } from './weight-maps.js';

/** What to show of a training set. */
export interface PreviewOptions {
  /** Samples, at most; the first ones that training meets. */
  readonly count: number;
  /** How often each is augmented: as in the first epoch, the second, and so on. */
  readonly draws: number;
  /** Folder where relative paths in the config start. */
  readonly baseFolder: string;
}

/** One sample as the data set delivers it, with the loss's weight map, and as training sees it. */
export interface PreviewedSample {
  readonly original: Sample;
  /** One for each draw. */
  readonly draws: readonly Sample[];
}

/**
 * Augments the samples that a training run of the config's seed meets first, exactly as that run does. No network is
 * made and no engine is needed.
 * @throws SegkitError as the data set and the transforms throw.
 */
export async function previewSamples(
  registry: Registry,
  config: Config,
  { count, draws, baseFolder }: PreviewOptions,
): Promise<readonly PreviewedSample[]> {
  const { labels, train } = config.data;
  const dataset = await openDataset(registry, config, 'train', train, baseFolder);
  const transforms = createTransforms(registry, config, 'train');
  const loss = registry.create('loss', config.loss, { labels }, { path: 'loss' });
  const weightMaps = new WeightMaps(loss);
  const random = randomStream(config.seed);
  const met = new EpochOrders(dataset.length, random).of(1).slice(0, count);
  const shown: PreviewedSample[] = [];
  for (const index of met) {
    const original = weightMaps.addTo(await dataset.load(index), index);
    const epochs = Array.from({ length: draws }, (_, draw) => draw + 1);
    const augmented = epochs.map((epoch) =>
      applyTransforms(transforms, original, augmentationStream(random, epoch, index)),
    );
    shown.push({ original, draws: augmented });
  }
  return shown;
}
