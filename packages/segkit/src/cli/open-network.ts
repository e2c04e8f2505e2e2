import {
  buildConfigModel,
  ConfigError,
  randomStream,
  type App,
  type Config,
  type Logger,
  type SegmentationModel,
} from '@segkit/core';

import { declaredChannels } from './declared-channels.js';
import { openConfig } from './open-config.js';
import type { ConfigOptions } from './options.js';

/** Which network a command is about. */
export interface NetworkOptions extends ConfigOptions {
  /** Config file. */
  readonly config: string;
  /** Channels of the image; default: what the config's training set says, or 3. */
  readonly channels?: number;
}

/** A network with first weights, on an engine that runs. */
export interface OpenedNetwork {
  readonly app: App;
  readonly model: SegmentationModel;
  readonly config: Config;
  /** Name of the engine. */
  readonly engine: string;
  /** Absolute path of the config's file. */
  readonly file: string;
  readonly baseFolder: string;
}

/**
 * Builds the network that a command names and fills it with first weights, which are to be disposed.
 * @throws ConfigError if the config is wrong.
 */
export async function openNetwork(
  { channels: given, ...options }: NetworkOptions,
  logger: Logger,
): Promise<OpenedNetwork> {
  const { app, config, file, baseFolder } = await openConfig(options.config, options, logger);
  const parsed = app.parseConfig(config);
  const channels = given ?? declaredChannels(app, config, baseFolder);
  if (channels === 0) throw new ConfigError('--channels: expected at least 1, received 0.');
  const model = buildConfigModel(app.registry, parsed, channels);
  const engine = await app.startEngine(parsed.engine);
  model.initialize(randomStream(parsed.seed).fork('weights'));
  return { app, model, config: parsed, engine, file, baseFolder };
}
