import { ShapeError } from '../errors.js';
import { tryOutputSize } from '../model/accepted-sizes.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { formatSize, sameSize, type Size } from '../tensor/size.js';

/** Longest extension that is searched, in pixels per side length. */
const searchLimit = 1024;

function smallestCover(length: number, covers: (side: number) => boolean): number | undefined {
  for (let side = length; side <= length + searchLimit; side++) {
    if (covers(side)) return side;
  }
  return undefined;
}

/**
 * The smallest input, at least as large as the image, that the network takes and whose logits cover the image. A
 * network without padding needs more context than the image holds; one with four poolings needs multiples of 16.
 * @param turned - Whether the logits must also cover it when the input is mirrored, which at odd sizes may take a pixel more.
 * @throws ShapeError if there is none within reach.
 */
export function planInput(
  model: SegmentationModel,
  image: Size,
  { turned = false }: { readonly turned?: boolean } = {},
): Size {
  const whole = tryOutputSize(model, image);
  if (whole !== undefined && sameSize(whole, image)) return image;
  // Height and width do not influence each other, so each is searched along the diagonal of square inputs.
  const cover = (length: number): number | undefined =>
    smallestCover(length, (side) => {
      const output = tryOutputSize(model, { height: side, width: side });
      if (output === undefined || output.height < length) return false;
      const [added, lost] = [side - length, side - output.height];
      return !turned || Math.floor(added / 2) >= Math.ceil(lost / 2);
    });
  const height = cover(image.height);
  const width = cover(image.width);
  if (height === undefined || width === undefined) {
    throw new ShapeError(
      `prediction: no input up to ${String(searchLimit)} pixels larger than ${formatSize(image)} fits the network; ` +
        'check the merge\'s "align" and the backbone\'s "padding".',
    );
  }
  return { height, width };
}
