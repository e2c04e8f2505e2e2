import { ConfigError, SegkitError, type ConfigInput } from '@segkit/core';

import type { OpenedConfig } from './open-config.js';

/**
 * Channels of the images that a config is for: those given, what its training set says, its preset, or 3. No image is
 * read.
 * @param given - By `--channels`.
 * @throws ConfigError if these are 0.
 */
export function imageChannels(opened: OpenedConfig, given: number | undefined): number {
  const channels = given ?? declaredChannels(opened) ?? opened.preset?.channels ?? 3;
  if (channels === 0) throw new ConfigError('--channels: expected at least 1, received 0.');
  return channels;
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
