/**
 * Median-frequency balancing: `median(f) / f(c)`, where `f(c)` are the pixels of class `c` divided by the labelled pixels
 * of the images that show it.
 * @param images - Pixels by class of every image.
 * @returns One weight for each class; `null` for a class that no image shows. The median is over the others.
 * @see https://arxiv.org/abs/1411.4734 and https://arxiv.org/abs/1511.00561
 */
export function medianFrequencyWeights(images: readonly (readonly number[])[]): (number | null)[] {
  const classes = images[0]?.length ?? 0;
  const frequencies = Array.from({ length: classes }, (_, label) => {
    const showing = images.filter((pixels) => (pixels[label] ?? 0) > 0);
    const own = total(showing.map((pixels) => pixels[label] ?? 0));
    return own / total(showing.map(total));
  });
  const found = frequencies.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = found.length / 2;
  const median = ((found[Math.ceil(middle) - 1] ?? NaN) + (found[Math.floor(middle)] ?? NaN)) / 2;
  return frequencies.map((frequency) => (Number.isFinite(frequency) ? median / frequency : null));
}

/**
 * `1 / ln(1.02 + share)`, between 1.4 and 50.5: bounded, however rare a class is.
 * @param shares - Share of the labelled pixels by class.
 * @returns `null` for a class without pixels.
 * @see https://arxiv.org/abs/1606.02147 and https://arxiv.org/abs/1707.03718
 */
export function logWeights(shares: readonly number[]): (number | null)[] {
  return shares.map((share) => (share > 0 ? 1 / Math.log(1.02 + share) : null));
}

/** Sum of numbers. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
