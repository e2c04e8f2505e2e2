import { parseDataConfig, type LabelSchema } from '@segkit/core';
import type { AuditedSplit, SplitName } from '@segkit/data';

import type { OpenedConfig } from './open-config.js';

/** The data sets of a config, not prepared. */
export interface OpenedSplits {
  readonly labels: LabelSchema;
  readonly splits: readonly AuditedSplit[];
}

/**
 * Makes the data sets of a config, of which only the data section has to be there.
 * @param wanted - Default: all.
 * @throws ConfigError naming every wrong value.
 */
export function openSplits(
  { app: { registry }, config, baseFolder }: OpenedConfig,
  wanted: readonly SplitName[] | undefined,
): OpenedSplits {
  const { data } = parseDataConfig(registry, config);
  const { labels } = data;
  const names = (['train', 'validation', 'test'] as const).filter(
    (name) => wanted?.includes(name) ?? true,
  );
  const splits = names.flatMap((name) => {
    const spec = data[name];
    if (spec === null) return [];
    const place = { path: `data.${name}` };
    return [{ name, dataset: registry.create('dataset', spec, { labels, baseFolder }, place) }];
  });
  return { labels, splits };
}
