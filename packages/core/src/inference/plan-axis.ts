/** One window along an axis, and what of its prediction is used. */
export interface Span {
  /** Where the window begins, in pixels of the extended image. */
  readonly start: number;
  /** First pixel of the image that takes its prediction. */
  readonly from: number;
  /** One past the last. */
  readonly to: number;
  /** By pixel of `from..to-1`: its weight in the average where windows overlap; `undefined` where they do not. */
  readonly weights?: Float32Array;
}

/** The windows along rows or columns. */
export interface AxisPlan {
  /** Pixels of the image. */
  readonly length: number;
  /** Pixels of the image as the network sees it, mirrored at its borders. */
  readonly canvas: number;
  /** Pixels added before the image's first. */
  readonly added: number;
  /** Pixels of every window. */
  readonly window: number;
  /** In their order; together they cover the image. */
  readonly spans: readonly Span[];
}

/** Pixels at the two ends of a window. */
export interface Ends {
  readonly before: number;
  readonly after: number;
}

/** The image on its canvas, and how windows along an axis lose pixels at their ends. */
export interface AxisLayout extends Pick<AxisPlan, 'length' | 'canvas' | 'added' | 'window'> {
  /** Pixels at the beginning and at the end of any window for which there are no logits. */
  readonly lost: Ends;
}

/** One window for all: the whole canvas. */
export function wholeAxis(layout: Omit<AxisLayout, 'lost' | 'window'>): AxisPlan {
  const { length, canvas, added } = layout;
  return { length, canvas, added, window: canvas, spans: [{ start: 0, from: 0, to: length }] };
}

/**
 * Windows that begin at multiples of a period and of which only that part is used that sees all it depends on; a window's
 * end at the canvas' end counts as seen, because the whole image ends there as well.
 * @param margins - Pixels at the ends inside of the canvas that are not used; window - before - after >= period.
 * @param period - The canvas and the window leave the same remainder by it.
 */
export function exactAxis(
  { length, canvas, added, window, lost }: AxisLayout,
  { before, after }: Ends,
  period: number,
): AxisPlan {
  const spans: Span[] = [];
  for (let start = 0, from = 0; from < length;) {
    const end = start + window === canvas ? canvas - lost.after : start + window - after;
    const to = Math.min(length, end - added);
    if (to > from) spans.push({ start, from, to });
    from = Math.max(from, to);
    // The next window may begin as late as leaves no gap.
    const latest = Math.floor((end - before) / period) * period;
    start = Math.min(canvas - window, latest);
  }
  return { length, canvas, added, window, spans };
}

/**
 * Windows at even distances that share at least `overlap` pixels, weighted by a Gaussian around their middle.
 * @param layout - Its window is no longer than the canvas.
 */
export function gaussianAxis(layout: AxisLayout, overlap: number): AxisPlan {
  const { length, canvas, added, window, lost } = layout;
  const used = window - lost.before - lost.after;
  const step = Math.max(1, used - overlap);
  const steps = Math.ceil((canvas - window) / step);
  const weights = gaussian(used);
  const spans = Array.from({ length: steps + 1 }, (_, index): Span => {
    const start = steps === 0 ? 0 : Math.round((index * (canvas - window)) / steps);
    const first = start + lost.before - added;
    const [from, to] = [Math.max(0, first), Math.min(length, first + used)];
    return { start, from, to, weights: weights.subarray(from - first, to - first) };
  });
  return { length, canvas, added, window, spans: spans.filter(({ from, to }) => to > from) };
}

/** `exp(-d^2 / (2 sigma^2))` of the distance to the middle, with a standard deviation of an eighth of the length. */
function gaussian(length: number): Float32Array {
  const [middle, sigma] = [(length - 1) / 2, length / 8];
  return Float32Array.from({ length }, (_, i) => Math.exp(-(((i - middle) / sigma) ** 2) / 2));
}
