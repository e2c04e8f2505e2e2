import {
  ConfigError,
  type LabelClass,
  type LabelSchema,
  type PixelArray,
  type Raster,
} from '@segkit/core';

import { maskColors, maskValues, packColor, unpackColor } from '../reading/mask-codes.js';
import type { RawMask } from '../reading/raw-mask.js';
import { nearestValues } from './nearest-values.js';
import { countCodes, translateCodes } from './translate-codes.js';

/** How the pixels of a mask stand for classes: every pixel has a code, and a code means a label. */
export interface MaskCoding {
  /** What the codes are, for messages. */
  readonly noun: string;
  /** Whether codes are object ids. */
  readonly instances: boolean;
  /** Class index, or ignoreIndex, of every known code. */
  readonly meaning: ReadonlyMap<number, number>;
  /** The codes of a mask. @throws DataError if the mask has none of this kind. */
  readonly codes: (path: string, mask: RawMask) => Raster;
  /** Labels of codes; unknown codes become ignoreIndex. */
  readonly translate: (codes: PixelArray) => Int32Array;
  /** Pixels by code. */
  readonly count: (codes: PixelArray) => ReadonlyMap<number, number>;
  /** A code as a config writes it. */
  readonly show: (code: number) => string;
  /** A class of these codes as a config writes it. */
  readonly setting: (name: string, codes: readonly number[]) => string;
  /** How a config makes codes ignored. */
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
    instances: false,
    meaning,
    codes: (path, mask) =>
      mask.lossy === true ? nearestValues(mask, meaning) : maskValues(path, mask),
    translate: (codes) => translateCodes(codes, meaning, ignoreIndex),
    count: countCodes,
    show: String,
    setting: (name, codes) => `{ name: '${name}', values: [${codes.join(', ')}] }`,
    ignoring: (codes) => `data.labels.ignoreValues: [${[...ignoreValues, ...codes].join(', ')}]`,
  };
}

/** Class indices themselves, for labels that are drawn and not read. */
export function indexCoding(labels: LabelSchema): MaskCoding {
  const classes = labels.classes.map((entry, index) => ({ ...entry, values: [index] }));
  return valueCoding({ ...labels, classes, ignoreValues: [labels.ignoreIndex] });
}

/** @throws ConfigError if there are not two classes: background and object. */
export function checkObjectClasses({ classes }: LabelSchema, where: string): void {
  if (classes.length === 2) return;
  throw new ConfigError(
    `data.labels.classes: expected two classes (background and object) for ${where}, received ${String(classes.length)}; keep two, or read the masks otherwise.`,
  );
}

/** Class indices of object ids. */
function classesOf(ids: PixelArray): Uint8Array {
  const classes = new Uint8Array(ids.length);
  for (let i = 0; i < ids.length; i++) classes[i] = Number((ids[i] as number) > 0);
  return classes;
}

/**
 * Object ids: 0 is class 0, every other id class 1. `ignoreValues` have no meaning here, since 255 is an id like others.
 * The codes counted are the class indices.
 * @throws ConfigError if there are not two classes.
 */
export function instanceCoding(labels: LabelSchema): MaskCoding {
  checkObjectClasses(labels, 'object ids');
  const classes = labels.classes.map((entry, index) => ({ ...entry, values: [index] }));
  const values = valueCoding({ ...labels, classes, ignoreValues: [] });
  return {
    ...values,
    instances: true,
    translate: (codes) => values.translate(classesOf(codes)),
    count: (codes) => countCodes(classesOf(codes)),
    show: (code) => (code === 0 ? 'id 0' : 'ids above 0'),
  };
}

/**
 * Colours: the color of every class, ignored ones included, and the given ignored colours.
 * @throws ConfigError if two classes share a colour.
 */
export function colorCoding(
  { classes, ignored: ignoredClasses = [], ignoreIndex }: LabelSchema,
  ignoreColors: readonly LabelClass['color'][],
): MaskCoding {
  const meaning = new Map(ignoreColors.map((color) => [packColor(...color), ignoreIndex]));
  const owners = new Map<number, string>();
  [...classes, ...ignoredClasses].forEach(({ name, color }, index) => {
    const code = packColor(...color);
    const owner = owners.get(code);
    if (owner !== undefined) {
      throw new ConfigError(
        `data.labels.classes: expected a color of its own for every class, received [${color.join(', ')}] for both "${owner}" and "${name}"; change one.`,
      );
    }
    owners.set(code, name);
    meaning.set(code, index < classes.length ? index : ignoreIndex);
  });
  const show = (code: number): string => `[${unpackColor(code).join(', ')}]`;
  const ignored = ignoreColors.map((color) => packColor(...color));
  return {
    noun: 'colours',
    instances: false,
    meaning,
    codes: maskColors,
    translate: (codes) => translateCodes(codes, meaning, ignoreIndex),
    count: countCodes,
    show,
    setting: (name, codes) => `{ name: '${name}', color: ${codes.map(show).join(' or ')} }`,
    ignoring: (codes) => `ignoreColors: [${[...ignored, ...codes].map(show).join(', ')}]`,
  };
}
