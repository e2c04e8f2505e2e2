import { ShapeError } from '../errors.js';

/**
 * Counts of pixels by true and predicted class: `count(t, p)`. The one statistic that the metrics derive from.
 */
export class ConfusionMatrix {
  readonly classes: number;
  /** Row-major counts, `counts[truth * classes + prediction]`; float64, exact up to 2^53. */
  readonly counts: Float64Array;

  constructor(classes: number) {
    this.classes = classes;
    this.counts = new Float64Array(classes * classes);
  }

  /** Pixels of true class `truth` predicted as `prediction`. */
  count(truth: number, prediction: number): number {
    return this.counts[truth * this.classes + prediction] ?? 0;
  }

  /**
   * Adds the pixels of one image.
   * @param truth - Class indices; pixels equal to `ignoreIndex` are left out.
   * @param prediction - Class indices in [0, classes), as long as `truth`.
   * @throws ShapeError if the lengths differ or a truth label is neither a class nor `ignoreIndex`.
   */
  add(truth: Int32Array, prediction: Int32Array, ignoreIndex: number): void {
    if (truth.length !== prediction.length) {
      throw new ShapeError(
        `confusion matrix: ${String(truth.length)} labels but ${String(prediction.length)} predictions.`,
      );
    }
    const { classes, counts } = this;
    for (let i = 0; i < truth.length; i++) {
      const t = truth[i] as number;
      if (t === ignoreIndex) continue;
      const p = prediction[i] as number;
      if (t < 0 || t >= classes || p < 0 || p >= classes) {
        throw new ShapeError(
          `confusion matrix: label ${String(t)} or prediction ${String(p)} outside 0..${String(classes - 1)} ` +
            `and not ignoreIndex ${String(ignoreIndex)}; map it in data.labels.`,
        );
      }
      counts[t * classes + p] = (counts[t * classes + p] as number) + 1;
    }
  }

  /** Adds another matrix of the same classes. */
  merge(other: ConfusionMatrix): void {
    if (other.classes !== this.classes) {
      throw new ShapeError(
        `confusion matrix: cannot add ${String(other.classes)} classes to ${String(this.classes)}.`,
      );
    }
    for (let i = 0; i < this.counts.length; i++) {
      this.counts[i] = (this.counts[i] as number) + (other.counts[i] as number);
    }
  }

  /** Sets every count to zero. */
  reset(): void {
    this.counts.fill(0);
  }
}
