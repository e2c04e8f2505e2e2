import * as z from 'zod';

import type { LabelsInput } from '../components/labels-input.js';
import type { Registry } from '../registry/registry.js';

const withoutLabels = z.looseObject({
  data: z.looseObject({
    labels: z.undefined().optional(),
    train: z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]),
  }),
});

function ownLabels(registry: Registry, name: string): LabelsInput | undefined {
  return registry.list('dataset').find((plugin) => plugin.name === name)?.labels;
}

/**
 * Fills in `data.labels` where a config leaves them out and its training set's format has classes of its own.
 * @param input - A config that is not validated yet; whatever is wrong with it is left to the schema.
 */
export function withOwnLabels(registry: Registry, input: unknown): unknown {
  const parsed = withoutLabels.safeParse(input);
  if (!parsed.success) return input;
  const labels = ownLabels(registry, parsed.data.data.train);
  if (labels === undefined) return input;
  const config = input as { readonly data: object };
  return { ...config, data: { ...config.data, labels } };
}
