import { SegkitError, type ConfigInput } from '@segkit/core';

import type { OpenedConfig } from './open-config.js';

/** Channels of the images that a config is for: what its training set says, its preset, or 3. No image is read. */
export function imageChannels(opened: OpenedConfig): number {
  return declaredChannels(opened) ?? opened.preset?.channels ?? 3;
}

/** A folder that does not say tells nothing. */
function declaredChannels({ app, config, baseFolder }: OpenedConfig): number | undefined {
  if ((config.data as Partial<ConfigInput['data']>).train === undefined) return undefined;
  const { train, labels } = app.parseConfig(config).data;
  if (typeof train.channels === 'number') return train.channels;
  try {
    return app.registry.create('dataset', train, { labels, baseFolder }).channels;
  } catch (error) {
    if (error instanceof SegkitError) return undefined;
    throw error;
  }
}
