/** One class as a config names it. */
export type LabelClassInput =
  | string
  | {
      readonly name: string;
      /**
       * The class in files, 0-255: label maps are written with it, and `values` default to it. Default: the position
       * among the classes.
       */
      readonly id?: number;
      /** Red, green, blue, 0-255. Default: the PASCAL VOC palette's colour of the id. */
      readonly color?: readonly [number, number, number];
      /** Raw mask values that mean this class. Default: the id. */
      readonly values?: readonly number[];
      /** The pixels of this class become `ignoreIndex`, and it gets no logit. Default false. */
      readonly ignore?: boolean;
    };

/** What the masks mean. */
export interface LabelsInput {
  /** The classes, background first by custom. Class indices count those that are not ignored. */
  readonly classes: readonly LabelClassInput[];
  /** Label of pixels that nobody counts. Default 255. */
  readonly ignoreIndex?: number;
  /** Raw mask values that become `ignoreIndex`. Default: `[ignoreIndex]`, unless a class has that value. */
  readonly ignoreValues?: readonly number[];
  /** More classes to ignore; a run's own `config.json` lists them here. */
  readonly ignored?: readonly LabelClassInput[];
}
