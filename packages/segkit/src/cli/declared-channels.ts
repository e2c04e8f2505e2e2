import { SegkitError, type App, type ConfigInput } from '@segkit/core';

/** What the training set says of its channels; no image is read, so a folder that does not say counts as colour. */
export function declaredChannels(app: App, config: ConfigInput, baseFolder: string): number {
  const { train, labels } = app.parseConfig(config).data;
  if (typeof train.channels === 'number') return train.channels;
  try {
    return app.registry.create('dataset', train, { labels, baseFolder }).channels;
  } catch (error) {
    if (error instanceof SegkitError) return 3;
    throw error;
  }
}
