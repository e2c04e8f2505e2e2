import { formatSize, type Raster, ShapeError } from '@segkit/core';

import { expectAlike } from './expect-images.js';

const windowSide = 11;

/** Weights of a Gaussian of 1.5 pixels along a side of the window, summing to 1. */
const windowWeights = ((): Float64Array => {
  const weights = Float64Array.from({ length: windowSide }, (_, i) =>
    Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
})();

/** One channel in double precision. */
interface Plane {
  readonly height: number;
  readonly width: number;
  readonly data: Float64Array;
}

function planeOf({ height, width, channels, data }: Raster<Float32Array>, channel: number): Plane {
  const plane = Float64Array.from({ length: height * width }, (_, pixel) =>
    Number(data[pixel * channels + channel]),
  );
  return { height, width, data: plane };
}

/** Means over every window that lies inside the plane: along the rows, then along the columns. */
function windowMeans({ height, width, data }: Plane): Float64Array {
  const outWidth = width - windowSide + 1;
  const outHeight = height - windowSide + 1;
  const rows = new Float64Array(height * outWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      for (let k = 0; k < windowSide; k++) {
        sum += (windowWeights[k] as number) * (data[y * width + x + k] as number);
      }
      rows[y * outWidth + x] = sum;
    }
  }
  const means = new Float64Array(outHeight * outWidth);
  for (let at = 0; at < means.length; at++) {
    let sum = 0;
    for (let k = 0; k < windowSide; k++) {
      sum += (windowWeights[k] as number) * (rows[at + k * outWidth] as number);
    }
    means[at] = sum;
  }
  return means;
}

function productMeans(a: Plane, b: Plane): Float64Array {
  return windowMeans({ ...a, data: a.data.map((value, i) => value * (b.data[i] as number)) });
}

function planeSimilarity(x: Plane, y: Plane, peak: number): number {
  const c1 = (0.01 * peak) ** 2;
  const c2 = (0.03 * peak) ** 2;
  const [meansX, meansY] = [windowMeans(x), windowMeans(y)];
  const [xx, yy, xy] = [productMeans(x, x), productMeans(y, y), productMeans(x, y)];
  let sum = 0;
  meansX.forEach((mx, i) => {
    const my = meansY[i] as number;
    const variances = (xx[i] as number) - mx * mx + (yy[i] as number) - my * my;
    const covariance = (xy[i] as number) - mx * my;
    sum +=
      ((2 * mx * my + c1) * (2 * covariance + c2)) / ((mx * mx + my * my + c1) * (variances + c2));
  });
  return sum / meansX.length;
}

/**
 * Structural similarity: the mean over 11x11 windows inside the image, weighted by a Gaussian of 1.5 pixels, of
 * `(2 mx my + C1) (2 sxy + C2) / ((mx^2 + my^2 + C1) (sx^2 + sy^2 + C2))` with `C1 = (0.01 peak)^2` and
 * `C2 = (0.03 peak)^2`; the mean over channels.
 * @param prediction - Float32, on the target's scale, at least 11x11.
 * @param target - Float32, of the same size and channels.
 * @param peak - The largest possible value.
 * @returns A number in [-1, 1]; 1 for identical images.
 * @throws ShapeError if size or channels differ, or the images are smaller than the window.
 * @see https://doi.org/10.1109/TIP.2003.819861
 */
export function structuralSimilarity(
  prediction: Raster<Float32Array>,
  target: Raster<Float32Array>,
  peak: number,
): number {
  expectAlike({ prediction, target }, 'ssim');
  if (Math.min(target.height, target.width) < windowSide) {
    throw new ShapeError(
      `ssim: images must be at least ${String(windowSide)}x${String(windowSide)}, the size of its window, ` +
        `received ${formatSize(target)}; use "psnr" for smaller ones.`,
    );
  }
  const channels = Array.from({ length: target.channels }, (_, channel) =>
    planeSimilarity(planeOf(prediction, channel), planeOf(target, channel), peak),
  );
  return channels.reduce((sum, value) => sum + value, 0) / channels.length;
}
