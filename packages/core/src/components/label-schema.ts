/** One class of a segmentation task. */
export interface LabelClass {
  readonly name: string;
  /** Red, green, blue, 0-255: its colour in overlays and in colour masks. */
  readonly color: readonly [number, number, number];
  /** Raw mask values that mean this class. */
  readonly values: readonly number[];
}

/** The classes of a task and how raw masks map to them; the class index is the position in `classes`. */
export interface LabelSchema {
  readonly classes: readonly LabelClass[];
  /** Label of pixels that neither losses nor metrics count. */
  readonly ignoreIndex: number;
  /** Raw mask values that become `ignoreIndex`. */
  readonly ignoreValues: readonly number[];
}
