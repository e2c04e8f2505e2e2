import * as z from 'zod';

import type { LabelClass, LabelSchema } from '../components/label-schema.js';

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
    id: byte
      .optional()
      .describe('Pixel value of predictions and of masks; by default the position in classes.'),
    color: z
      .tuple([byte, byte, byte])
      .optional()
      .describe("Red, green, blue, 0-255; by default the PASCAL VOC palette's."),
    values: z
      .array(rawValue)
      .min(1)
      .optional()
      .describe('Mask values that mean this class; by default its id.'),
    ignore: z.boolean().optional().describe('Its pixels become ignoreIndex; it gets no logit.'),
  }),
]);

/** A class with everything filled in but its index. */
interface CompleteClass extends LabelClass {
  readonly id: number;
  readonly ignore: boolean;
}

function complete(entry: z.output<typeof labelClass>, position: number): CompleteClass {
  const given = typeof entry === 'string' ? { name: entry } : entry;
  const { name, id = position, ignore = false } = given;
  return { name, id, ignore, color: given.color ?? vocColor(id), values: given.values ?? [id] };
}

/** The class at an index; an id that is the index goes without saying. */
function learnedClass({ name, id, color, values }: CompleteClass, index: number): LabelClass {
  return { name, ...(id !== index && { id }), color, values };
}

/** The class without the id, which no label map is written with. */
function ignoredClass({ name, color, values }: CompleteClass): LabelClass {
  return { name, color, values };
}

/** The first that comes twice. */
function repeatedIn<T>(values: readonly T[]): T | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

/** What is wrong with the classes together. */
function collisions(classes: readonly CompleteClass[]): string[] {
  const problems: string[] = [];
  const owners = new Map<number, string>();
  for (const { name, values } of classes) {
    for (const value of values) {
      const owner = owners.get(value);
      if (owner !== undefined) {
        problems.push(
          `mask value ${String(value)} belongs to both "${owner}" and "${name}"; give each value to one class`,
        );
      }
      owners.set(value, name);
    }
  }
  const name = repeatedIn(classes.map((entry) => entry.name));
  if (name !== undefined) problems.push(`two classes are named "${name}"; names must differ`);
  const learned = classes.filter(({ ignore }) => !ignore);
  const id = repeatedIn(learned.map((entry) => entry.id));
  if (id !== undefined) {
    problems.push(`two classes have the id ${String(id)}; ids must differ, positions included`);
  }
  if (learned.length === 0) {
    problems.push('expected a class that is not ignored, received none; leave ignore out of one');
  }
  return problems;
}

/** Schema of `data.labels`; its output is a complete `LabelSchema`. */
export const labelSchema = z
  .strictObject({
    classes: z
      .array(labelClass)
      .min(1)
      .describe('Names, or { name, color, values }; background first by custom.'),
    ignored: z.array(labelClass).optional().describe('Classes that nobody learns or counts.'),
    ignoreIndex: z.number().int().default(255).describe('Label of pixels that nobody counts.'),
    ignoreValues: z
      .array(rawValue)
      .optional()
      .describe('Mask values that become ignoreIndex; by default ignoreIndex itself.'),
  })
  .transform((given, context): LabelSchema => {
    const { classes, ignored = [], ignoreIndex, ignoreValues } = given;
    const all = [...classes, ...ignored].map(complete);
    const entries = all.map((entry, at) =>
      at < classes.length ? entry : { ...entry, ignore: true },
    );
    for (const message of collisions(entries)) {
      context.issues.push({ code: 'custom', message, input: classes, path: ['classes'] });
    }
    const learned = entries.filter(({ ignore }) => !ignore);
    if (ignoreIndex >= 0 && ignoreIndex < learned.length) {
      const message = `expected an integer that is no class index (0..${String(learned.length - 1)}), received ${String(ignoreIndex)}`;
      context.issues.push({ code: 'custom', message, input: ignoreIndex, path: ['ignoreIndex'] });
    }
    const owned = new Set(entries.flatMap(({ values }) => values));
    const unowned = ignoreIndex >= 0 && !owned.has(ignoreIndex) ? [ignoreIndex] : [];
    const skipped = entries.filter(({ ignore }) => ignore).map(ignoredClass);
    const skippedValues = skipped.flatMap(({ values }) => values);
    return {
      classes: learned.map(learnedClass),
      ...(skipped.length > 0 && { ignored: skipped }),
      ignoreIndex,
      ignoreValues: [...new Set([...(ignoreValues ?? unowned), ...skippedValues])],
    };
  });
