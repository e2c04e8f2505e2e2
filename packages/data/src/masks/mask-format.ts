import { vocColor, type LabelSchema } from '@segkit/core';
import * as z from 'zod';

import { colorCoding, instanceCoding, valueCoding, type MaskCoding } from './mask-coding.js';

const byte = z.number().int().min(0).max(255);

/** Options that say what the pixels of mask files mean. */
export const maskFormatFields = {
  maskFormat: z
    .enum(['values', 'colors', 'instances'])
    .default('values')
    .describe(
      'What mask pixels mean: values of data.labels.classes[].values (gray values or palette indices), colours of ' +
        'data.labels.classes[].color, or object ids (0 is class 0, every id above is class 1).',
    ),
  ignoreColors: z
    .array(z.tuple([byte, byte, byte]).readonly())
    .readonly()
    .default([vocColor(255)])
    .describe(
      "Colours that become ignoreIndex where maskFormat is 'colors'. Default: the PASCAL VOC border.",
    ),
};

/** The options with defaults filled in. */
export interface MaskFormat {
  readonly maskFormat: 'values' | 'colors' | 'instances';
  readonly ignoreColors: readonly (readonly [number, number, number])[];
}

/**
 * What the options say of masks.
 * @throws ConfigError if the classes do not fit the format.
 */
export function codingOf(
  { maskFormat, ignoreColors }: MaskFormat,
  labels: LabelSchema,
): MaskCoding {
  switch (maskFormat) {
    case 'values':
      return valueCoding(labels);
    case 'colors':
      return colorCoding(labels, ignoreColors);
    case 'instances':
      return instanceCoding(labels);
  }
}
