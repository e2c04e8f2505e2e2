import type { DecodedSample } from '../components/dataset.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import type { RandomStream } from '../tensor/random-stream.js';

/**
 * Passes a sample through transforms in turn; each draws from a fork of `random` of its own.
 * @param done - How many of the transforms the sample went through already.
 */
export function applyTransforms(
  transforms: readonly Transform[],
  sample: Sample,
  random: RandomStream,
  done = 0,
): Sample {
  return transforms
    .slice(done)
    .reduce(
      (current, transform, position) => transform.apply(current, random.fork(done + position)),
      sample,
    );
}

/** Passes a decoded sample through transforms: those at the start that only move pixels come before it is converted. */
export function transformDecoded(
  transforms: readonly Transform[],
  { stored, convert }: DecodedSample,
  random: RandomStream,
): Sample {
  const first = transforms.findIndex(({ moves = false }) => !moves);
  const moving = first < 0 ? transforms.length : first;
  // They say that they take rasters of any numbers.
  const moved = applyTransforms(transforms.slice(0, moving), stored as Sample, random);
  return applyTransforms(transforms, convert(moved), random, moving);
}

/** What augments a sample in an epoch, counted from 1: a fork of the run's stream. */
export function augmentationStream(run: RandomStream, epoch: number, index: number): RandomStream {
  return run.fork('augmentation').fork(epoch).fork(index);
}
