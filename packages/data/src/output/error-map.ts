import { formatSize, sameSize, ShapeError, type Raster } from '@segkit/core';

import { toColor, toGray } from '../reading/read-image.js';
import { toBytes } from './write-png.js';

/** Colours of pixels that are predicted wrong, and of those that do not count. */
const colors = { wrong: [220, 50, 47], ignored: [38, 60, 130] } as const;

/**
 * Where a prediction is wrong: the image in pale gray, wrong pixels red, ignored ones blue.
 * @param image - `[height, width, 1 or 3]` float32 in [0, 1].
 * @param labels - The truth and the prediction, of the image's size.
 * @returns RGB bytes.
 * @throws ShapeError if the sizes differ.
 */
export function errorMap(
  image: Raster<Float32Array>,
  labels: { readonly truth: Raster<Int32Array>; readonly prediction: Raster<Int32Array> },
  ignoreIndex: number,
): Raster<Uint8Array> {
  const { truth, prediction } = labels;
  if (!sameSize(image, truth) || !sameSize(image, prediction)) {
    throw new ShapeError(
      `error map: expected labels of the image's size ${formatSize(image)}, received truth of ${formatSize(truth)} ` +
        `and prediction of ${formatSize(prediction)}.`,
    );
  }
  const gray = toGray(image);
  const pale = { ...gray, data: gray.data.map((value) => 0.4 + 0.6 * value) };
  const map = toBytes(toColor(pale));
  truth.data.forEach((label, i) => {
    if (label === ignoreIndex) map.data.set(colors.ignored, 3 * i);
    else if (label !== prediction.data[i]) map.data.set(colors.wrong, 3 * i);
  });
  return map;
}
