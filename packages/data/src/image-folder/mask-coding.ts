import {
  ConfigError,
  type LabelClass,
  type LabelSchema,
  type PixelArray,
  type Raster,
} from '@segkit/core';

import { maskColors, maskValues, packColor, unpackColor } from '../reading/mask-codes.js';
import type { RawMask } from '../reading/raw-mask.js';

/** How the pixels of a mask stand for classes: every pixel has a code, and a code means a label. */
export interface MaskCoding {
  /** What the codes are, for messages. */
  readonly noun: string;
  /** Class index, or ignoreIndex, of every known code. */
  readonly meaning: ReadonlyMap<number, number>;
  /** The codes of a mask. @throws DataError if the mask has none of this kind. */
  readonly codes: (path: string, mask: RawMask) => Raster;
  /** A code as a config writes it. */
  readonly show: (code: number) => string;
  /** A class of these codes as a config writes it. */
  readonly setting: (name: string, codes: readonly number[]) => string;
  /** How a config makes a code ignored. */
  readonly ignoring: (codes: readonly number[]) => string;
}

/** Raw values: `classes[].values` and `ignoreValues`. */
export function valueCoding({ classes, ignoreIndex, ignoreValues }: LabelSchema): MaskCoding {
  const meaning = new Map(ignoreValues.map((value) => [value, ignoreIndex]));
  classes.forEach(({ values }, index) => {
    for (const value of values) meaning.set(value, index);
  });
  return {
    noun: 'values',
    meaning,
    codes: maskValues,
    show: String,
    setting: (name, codes) => `{ name: '${name}', values: [${codes.join(', ')}] }`,
    ignoring: (codes) => `data.labels.ignoreValues: [${[...ignoreValues, ...codes].join(', ')}]`,
  };
}

/**
 * Colours: `classes[].color` and the given ignored colours.
 * @throws ConfigError if two classes share a colour.
 */
export function colorCoding(
  { classes, ignoreIndex }: LabelSchema,
  ignoreColors: readonly LabelClass['color'][],
): MaskCoding {
  const meaning = new Map(ignoreColors.map((color) => [packColor(...color), ignoreIndex]));
  const owners = new Map<number, string>();
  classes.forEach(({ name, color }, index) => {
    const code = packColor(...color);
    const owner = owners.get(code);
    if (owner !== undefined) {
      throw new ConfigError(
        `data.labels.classes: expected a color of its own for every class, received [${color.join(', ')}] for both "${owner}" and "${name}"; change one.`,
      );
    }
    owners.set(code, name);
    meaning.set(code, index);
  });
  const show = (code: number): string => `[${unpackColor(code).join(', ')}]`;
  return {
    noun: 'colours',
    meaning,
    codes: maskColors,
    show,
    setting: (name, codes) => `{ name: '${name}', color: ${codes.map(show).join(' or ')} }`,
    ignoring: (codes) => `ignoreColors: [${codes.map(show).join(', ')}]`,
  };
}

/** Labels made from codes. */
export interface CodedLabels {
  /** One label per code; codes without a meaning become the fallback. */
  readonly labels: Int32Array;
  /** Pixels by code. */
  readonly counts: ReadonlyMap<number, number>;
}

/**
 * Translates codes to labels and counts them.
 * @param fallback - Label of codes that mean nothing; the counts tell whether there were any.
 */
export function translateCodes(
  codes: PixelArray,
  meaning: ReadonlyMap<number, number>,
  fallback: number,
): CodedLabels {
  const labels = new Int32Array(codes.length);
  const counts = new Map<number, number>();
  let start = 0;
  // Masks are runs of equal codes: one look-up serves a run.
  for (let i = 1; i <= codes.length; i++) {
    const code = codes[start] as number;
    if (i < codes.length && codes[i] === code) continue;
    labels.fill(meaning.get(code) ?? fallback, start, i);
    counts.set(code, (counts.get(code) ?? 0) + i - start);
    start = i;
  }
  return { labels, counts };
}
