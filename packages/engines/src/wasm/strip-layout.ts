import type { ConvolutionSizes } from './convolution-sizes.js';

/**
 * Positions (output pixels with their margins) that one matrix product sums over: enough to hide the cost of a call, few
 * enough to bound the scratch memory and to keep float32 sums accurate. Measured: 8192 is within 4% of the best from
 * 1024 to 32768 on maps of 16x16 to 128x128.
 */
const positionsPerStrip = 8192;
/** Measured cost of copying one element while transposing, and of one multiply-add in the backend's product. */
const copyNanoseconds = 2;
const multiplyNanoseconds = 0.06;

/** A run of whole images, or of rows of one image, handled together. */
export interface Strip {
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
}

/**
 * How a strip lies in memory: rows are `pitch` long and each image has `extraRows` more than the strip's own. Filter taps
 * that are a multiple of (`rowStep`, `columnStep`) apart read the same copy of the input, `pitch` elements later for each
 * step down and one for each step right, so no patch matrix is built. Steps are the strides, or the whole kernel where
 * a copy per tap costs less than multiplying the margins.
 */
export interface Layout {
  readonly rowStep: number;
  readonly columnStep: number;
  readonly extraRows: number;
  readonly extraColumns: number;
  readonly pitch: number;
}

/** The layout of least estimated cost. */
export function cheapestLayout(sizes: ConvolutionSizes): Layout {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = sizes;
  const candidates = [Math.min(strideHeight, kernelHeight), kernelHeight].flatMap((rowStep) =>
    [Math.min(strideWidth, kernelWidth), kernelWidth].map((columnStep) => {
      const extraColumns = Math.floor((kernelWidth - 1) / columnStep);
      return {
        rowStep,
        columnStep,
        extraRows: Math.floor((kernelHeight - 1) / rowStep),
        extraColumns,
        pitch: sizes.outWidth + extraColumns,
      };
    }),
  );
  const costs = candidates.map(({ rowStep, columnStep, extraRows, pitch }) => {
    const copies = rowStep * columnStep * copyNanoseconds;
    const products = kernelHeight * kernelWidth * sizes.outChannels * multiplyNanoseconds;
    return (sizes.outHeight + extraRows) * pitch * (copies + products);
  });
  return candidates[costs.indexOf(Math.min(...costs))] as Layout;
}

/** Cuts the outputs of a batch into strips of about 8192 positions. */
export function cutStrips(
  { batch, outHeight }: ConvolutionSizes,
  { extraRows, pitch }: Layout,
): Strip[] {
  const wholeImages = Math.floor(positionsPerStrip / ((outHeight + extraRows) * pitch));
  const result: Strip[] = [];
  if (wholeImages >= 1) {
    for (let image = 0; image < batch; image += wholeImages) {
      const images = Math.min(wholeImages, batch - image);
      result.push({ image, images, row: 0, rows: outHeight });
    }
    return result;
  }
  const rowsPerStrip = Math.max(4 * extraRows, 1, Math.floor(positionsPerStrip / pitch));
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row += rowsPerStrip) {
      const rows = Math.min(rowsPerStrip, outHeight - row);
      result.push({ image, images: 1, row, rows });
    }
  }
  return result;
}
