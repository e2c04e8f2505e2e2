import { ShapeError } from '../errors.js';
import { formatSize, type Size } from '../tensor/size.js';
import type { SegmentationModel } from './segmentation-model.js';

/** The logits' size, or `undefined` if the network cannot take such an image. */
export function tryOutputSize(model: SegmentationModel, image: Size): Size | undefined {
  try {
    return model.outputSize(image);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

/** Lengths next to `length` that the network takes as a square side, at most two below and two above. */
function acceptedNear(model: SegmentationModel, length: number): number[] {
  const takes = (side: number): boolean =>
    side > 0 && tryOutputSize(model, { height: side, width: side }) !== undefined;
  const below: number[] = [];
  const above: number[] = [];
  for (let distance = 1; distance <= 512; distance++) {
    if (below.length < 2 && takes(length - distance)) below.unshift(length - distance);
    if (above.length < 2 && takes(length + distance)) above.push(length + distance);
    if (below.length === 2 && above.length === 2) break;
  }
  return [...below, ...above];
}

/**
 * Checks that the network can take images of a size, before any weight is made.
 * @param where - What has that size, e.g. `training images`.
 * @returns The size of the logits.
 * @throws ShapeError naming the part that cannot, and the nearest sides that work.
 */
export function expectAcceptedSize(model: SegmentationModel, image: Size, where: string): Size {
  try {
    return model.outputSize(image);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const sides = [
      ...new Set([...acceptedNear(model, image.height), ...acceptedNear(model, image.width)]),
    ];
    const list = sides.sort((a, b) => a - b).join(', ');
    const advice =
      list === ''
        ? 'no square size near it works'
        : `sides near it that the network takes: ${list}; use the transforms "random-crop", "resize", "pad-to-multiple" or "mirror-pad"`;
    throw new ShapeError(
      `${where} of ${formatSize(image)} do not fit the network: ${error.message} (${advice})`,
    );
  }
}
