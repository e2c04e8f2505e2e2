import type { LabelClass } from '@segkit/core';

import { meanOfNumbers } from './mean-of-numbers.js';

/**
 * Scores as metrics give them: each in the mean over classes as `<score>` and of every class as `<score>/<class name>`.
 * @param perClass - Values in the order of the classes; NaN ones are left out of the mean.
 */
export function meanAndPerClass(
  perClass: Readonly<Record<string, readonly number[]>>,
  classes: readonly Pick<LabelClass, 'name'>[],
): Record<string, number> {
  const scores = Object.entries(perClass);
  return Object.fromEntries([
    ...scores.map(([score, values]) => [score, meanOfNumbers(values)] as const),
    ...scores.flatMap(([score, values]) =>
      classes.map(({ name }, k) => [`${score}/${name}`, values[k] ?? Number.NaN] as const),
    ),
  ]);
}
