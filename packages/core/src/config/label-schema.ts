import * as z from 'zod';

import type { LabelSchema } from '../components/label-schema.js';

/**
 * Colour `index` of the PASCAL VOC palette: bit `k` of the index, three at a time, fills the colour's high bits.
 * @see http://host.robots.ox.ac.uk/pascal/VOC/voc2012/ (VOCcode, VOClabelcolormap)
 */
export function vocColor(index: number): [number, number, number] {
  const color: [number, number, number] = [0, 0, 0];
  for (let rest = index, bit = 7; rest > 0; rest >>= 3, bit--) {
    color[0] |= (rest & 1) << bit;
    color[1] |= ((rest >> 1) & 1) << bit;
    color[2] |= ((rest >> 2) & 1) << bit;
  }
  return color;
}

const byte = z.number().int().min(0).max(255);
const rawValue = z.number().int().min(0);

const labelClass = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).describe('The name that tables and metrics show.'),
    color: z
      .tuple([byte, byte, byte])
      .optional()
      .describe("Red, green, blue, 0-255; by default the PASCAL VOC palette's."),
    values: z
      .array(rawValue)
      .min(1)
      .optional()
      .describe('Mask values that mean this class; by default its index.'),
  }),
]);

/** Schema of `data.labels`; its output is a complete `LabelSchema`. */
export const labelSchema = z
  .strictObject({
    classes: z
      .array(labelClass)
      .min(1)
      .describe('Names, or { name, color, values }; background first by custom.'),
    ignoreIndex: z.number().int().default(255).describe('Label of pixels that nobody counts.'),
    ignoreValues: z
      .array(rawValue)
      .optional()
      .describe('Mask values that become ignoreIndex; by default ignoreIndex itself.'),
  })
  .transform(({ classes, ignoreIndex, ignoreValues }, context): LabelSchema => {
    const complete = classes.map((entry, index) => {
      const given = typeof entry === 'string' ? { name: entry } : entry;
      return {
        name: given.name,
        color: given.color ?? vocColor(index),
        values: given.values ?? [index],
      };
    });
    const owners = new Map<number, string>();
    for (const { name, values } of complete) {
      for (const value of values) {
        const owner = owners.get(value);
        if (owner !== undefined) {
          const message = `mask value ${String(value)} belongs to both "${owner}" and "${name}"; give each value to one class`;
          context.issues.push({ code: 'custom', message, input: classes, path: ['classes'] });
        }
        owners.set(value, name);
      }
    }
    const names = complete.map(({ name }) => name);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) {
      const message = `two classes are named "${repeated}"; names must differ`;
      context.issues.push({ code: 'custom', message, input: classes, path: ['classes'] });
    }
    if (ignoreIndex >= 0 && ignoreIndex < complete.length) {
      const message = `expected an integer that is no class index (0..${String(complete.length - 1)}), received ${String(ignoreIndex)}`;
      context.issues.push({ code: 'custom', message, input: ignoreIndex, path: ['ignoreIndex'] });
    }
    const ignored =
      ignoreValues ?? (ignoreIndex >= 0 && !owners.has(ignoreIndex) ? [ignoreIndex] : []);
    return { classes: complete, ignoreIndex, ignoreValues: ignored };
  });
