import { DataError, type LabelSchema } from '@segkit/core';

import { nameSome } from '../files/select-stems.js';
import type { CocoFile } from './read-annotations.js';
import type { ResolvedCocoOptions } from './coco-options.js';

/** What the categories of a file mean. */
export interface CategoryLabels {
  /** Class index, or ignoreIndex, by category; `undefined` for what is not drawn. */
  readonly labelOf: ReadonlyMap<number, number>;
  /** Label of pixels of no object. */
  readonly background: number;
}

/** The names of the categories of every class. @throws DataError if a name of the options is no class. */
function namesByClass(
  names: readonly string[],
  known: ReadonlySet<string>,
  given: ResolvedCocoOptions['categories'],
): (readonly string[])[] {
  const foreign = Object.keys(given).find((name) => !names.includes(name));
  if (foreign !== undefined) {
    throw new DataError(
      `categories: expected names of classes (${names.join(', ')}), found "${foreign}"; correct it, or add the class.`,
    );
  }
  return names.map((name, index) => {
    const own = given[name];
    if (own !== undefined) return own;
    // The first class may stand for what is no object.
    return index === 0 && !known.has(name) ? [] : [name];
  });
}

/**
 * Maps categories to classes by name. Class 0 is what is no object, unless it is a category itself; then such pixels are
 * ignored.
 * @param path - Names the file in errors.
 * @throws DataError if a class has no category, or a category two classes.
 */
export function categoryLabels(
  path: string,
  categories: CocoFile['categories'],
  { classes, ignored = [], ignoreIndex }: LabelSchema,
  options: Pick<ResolvedCocoOptions, 'categories' | 'unlisted'>,
): CategoryLabels {
  const all = [...classes, ...ignored];
  const known = new Set(categories.map(({ name }) => name));
  const wanted = namesByClass(
    all.map(({ name }) => name),
    known,
    options.categories,
  );
  const labelOfName = new Map<string, number>();
  wanted.forEach((names, index) => {
    for (const name of names) {
      if (!known.has(name)) {
        throw new DataError(
          `${path}: expected a category "${name}" for class "${String(all[index]?.name)}", found ${nameSome([...known], 100)}; name the class so, or say its categories in the option categories.`,
        );
      }
      if (labelOfName.has(name)) {
        throw new DataError(
          `categories: expected every category in one class, found "${name}" in two; leave one out.`,
        );
      }
      labelOfName.set(name, index < classes.length ? index : ignoreIndex);
    }
  });
  const background = wanted[0]?.length === 0 ? 0 : ignoreIndex;
  const unlisted = options.unlisted === 'ignore' ? ignoreIndex : undefined;
  const labelOf = new Map<number, number>();
  for (const { id, name } of categories) {
    const label = labelOfName.get(name) ?? unlisted;
    if (label !== undefined) labelOf.set(id, label);
  }
  return { labelOf, background };
}
