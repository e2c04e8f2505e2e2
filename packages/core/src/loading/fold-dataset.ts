import type { Dataset } from '../components/dataset.js';
import type { Config } from '../config/config-schema.js';
import { ConfigError } from '../errors.js';
import type { ResolvedSpec } from '../registry/component-kinds.js';
import type { Box } from '../tensor/box.js';
import { randomStream } from '../tensor/random-stream.js';

type Split = 'train' | 'validation' | 'test';

/** The data set of a split: that of the training images for validation too, where these are divided into folds. */
export function specOfSplit({ data }: Config, split: Split): ResolvedSpec | null {
  return split === 'validation' && data.fold !== null ? data.train : data[split];
}

/**
 * The part of a data set that belongs to a split of a fold: the fold's own samples for validation, all others for training.
 * Samples are shuffled by `data.fold.seed` and dealt out in turn, so that folds differ by one sample at most, share none,
 * and cover all.
 * @param dataset - Prepared.
 * @throws ConfigError if there are fewer samples than folds.
 */
export function foldOf(dataset: Dataset, fold: Config['data']['fold'], split: Split): Dataset {
  if (fold === null || split === 'test') return dataset;
  const { index, of, seed } = fold;
  if (dataset.length < of) {
    const message = `expected at most as many folds as data.train has samples, ${String(dataset.length)}; received ${String(of)}`;
    throw new ConfigError(`data.fold.of: ${message}.`, [{ path: 'data.fold.of', message }]);
  }
  const all = Array.from({ length: dataset.length }, (_, i) => i);
  const chosen = randomStream(seed)
    .fork('folds')
    .shuffle(all)
    .filter((_, place) => (place % of === index - 1) === (split === 'validation'))
    .sort((a, b) => a - b);
  const at = (place: number): number => chosen[place] ?? Number.NaN;
  const largeSize = dataset.largeSize?.bind(dataset);
  const loadRegion = dataset.loadRegion?.bind(dataset);
  const decode = dataset.decode?.bind(dataset);
  return {
    length: chosen.length,
    channels: dataset.channels,
    prepare: () => Promise.resolve(),
    load: (place) => dataset.load(at(place)),
    ...(dataset.state && { state: () => dataset.state?.() }),
    ...(dataset.restore && { restore: (state: unknown) => dataset.restore?.(state) }),
    ...(dataset.nameOf && { nameOf: (place: number) => dataset.nameOf?.(at(place)) ?? '' }),
    ...(largeSize && { largeSize: (place: number) => largeSize(at(place)) }),
    ...(loadRegion && { loadRegion: (place: number, box: Box) => loadRegion(at(place), box) }),
    ...(decode && { decode: (place: number) => decode(at(place)) }),
    ...(dataset.fingerprint && {
      fingerprint: async (place: number) => (await dataset.fingerprint?.(at(place))) ?? '',
    }),
  };
}
