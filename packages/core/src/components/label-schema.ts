/** One class of a segmentation task. */
export interface LabelClass {
  readonly name: string;
  /** Red, green, blue, 0-255: its colour in overlays and in colour masks. */
  readonly color: readonly [number, number, number];
  /** Raw mask values that mean this class. */
  readonly values: readonly number[];
  /** Value that label maps are written with, 0-255. Left out where it is the class index. */
  readonly id?: number;
}

/**
 * The classes of a task and how raw masks map to them; the class index, which is also the logit's, is the position in
 * `classes`.
 */
export interface LabelSchema {
  readonly classes: readonly LabelClass[];
  /** Classes that masks know and nobody learns: their pixels become `ignoreIndex`. Left out where there are none. */
  readonly ignored?: readonly LabelClass[];
  /** Label of pixels that neither losses nor metrics count. */
  readonly ignoreIndex: number;
  /** Raw mask values that become `ignoreIndex`, those of `ignored` classes included. */
  readonly ignoreValues: readonly number[];
}
