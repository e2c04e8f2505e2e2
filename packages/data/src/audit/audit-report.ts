import type { Size } from '@segkit/core';

/** A part of the data by its name in the config. */
export type SplitName = 'train' | 'validation' | 'test';

/** Everything an audit found, as `segkit audit --json` prints it. Shares and frequencies lie in [0, 1]. */
export interface AuditReport {
  /** Whether no finding is an error, so that training would be right. */
  readonly ok: boolean;
  readonly splits: readonly SplitReport[];
  readonly classes: readonly ClassReport[];
  readonly findings: readonly Finding[];
  readonly suggestions: readonly Suggestion[];
}

/** One split. */
export interface SplitReport {
  readonly name: SplitName;
  /** Samples, the unreadable ones included. */
  readonly images: number;
  readonly readable: number;
  readonly sizes: SizesReport | null;
  /** Images by their number of channels, as the data set delivers them. */
  readonly channels: Readonly<Record<string, number>>;
  /** Images by bits per channel as stored; empty for data sets that have no files. */
  readonly bits: Readonly<Record<string, number>>;
  /** By channel, over all pixels of the split, of values scaled to [0, 1]. */
  readonly pixels: PixelsReport | null;
  /** Samples with a mask. */
  readonly masks: number;
  /** Pixels of a class, and pixels that are ignored. */
  readonly labelled: number;
  readonly ignored: number;
  /** Pixels by mask value, for values outside the classes, written as in a config. */
  readonly unknownValues: Readonly<Record<string, number>>;
  /** In the order of `data.labels.classes`. */
  readonly classes: readonly ClassCount[];
  /** `null` if no sample has a mask. */
  readonly objects: ObjectsReport | null;
}

/** Sizes of a split's images. */
export interface SizesReport {
  /** Shortest and longest sides and the medians; not necessarily those of one image. */
  readonly smallest: Size;
  readonly median: Size;
  readonly largest: Size;
  /** Every size with its images, most frequent first. */
  readonly each: readonly (Size & { readonly images: number })[];
}

/** Statistics of pixel values. */
export interface PixelsReport {
  readonly mean: readonly number[];
  /** Population standard deviation. */
  readonly std: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** How often a class occurs in a split. */
export interface ClassCount {
  readonly name: string;
  readonly pixels: number;
  /** Of the labelled pixels. */
  readonly share: number;
  /** Samples that show it. */
  readonly images: number;
}

/** The objects of a split. */
export interface ObjectsReport {
  /** Whether objects are told by ids, or are connected regions (over edges) of one class other than background. */
  readonly by: 'ids' | 'regions';
  readonly count: number;
  readonly classes: readonly ObjectClass[];
  /** Objects with a pixel beside one of another object (over edges); `null` for regions, which cannot touch. */
  readonly touching: number | null;
}

/** Objects of one class. */
export interface ObjectClass {
  readonly name: string;
  readonly count: number;
  /** Pixels of an object. */
  readonly area: Quantiles;
  /** Longer side of an object's bounding box. */
  readonly extent: Quantiles;
}

/** A distribution; percentiles are values that occur (the nearest rank). */
export interface Quantiles {
  readonly min: number;
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** A class's weights as its frequency in the training split suggests them; `null` if it does not occur there. */
export interface ClassReport {
  readonly name: string;
  /** Of the labelled pixels of the training split. */
  readonly share: number;
  /** Median-frequency balancing (Eigen and Fergus 2015, SegNet). */
  readonly medianFrequencyWeight: number | null;
  /** `1 / ln(1.02 + share)` (ENet, LinkNet). */
  readonly logWeight: number | null;
}

/** What a finding is about. */
export type FindingKind =
  | 'unreadable'
  | 'mismatch'
  | 'split'
  | 'values'
  | 'one-class'
  | 'channels'
  | 'leak'
  | 'duplicate'
  | 'duplicate-id'
  | 'conflicting-masks'
  | 'missing-class'
  | 'ignored-mask'
  | 'background-mask'
  | 'constant-image';

/** Something a user should know. */
export interface Finding {
  /** With an error, training would fail or be wrong; a note may be as it should. */
  readonly level: 'error' | 'warning' | 'note';
  readonly kind: FindingKind;
  /** Splits it is about. */
  readonly splits: readonly SplitName[];
  /** One sentence. */
  readonly message: string;
  /** Every file (or sample) it is about, with details. */
  readonly details: readonly string[];
}

/** A value for the config. */
export interface Suggestion {
  /** Place in the config, e.g. `loss` or `transforms.train`. */
  readonly path: string;
  readonly value: unknown;
  /** One sentence for each part of the value. */
  readonly reasons: readonly string[];
}
