import {
  buildNetwork,
  ConfigError,
  parseNetworkConfig,
  randomStream,
  type Logger,
  type SegmentationModel,
} from '@segkit/core';

import { imageChannels } from './image-channels.js';
import { openConfig, type OpenedConfig } from './open-config.js';
import type { ConfigOptions } from './options.js';

/** Which network a command is about. */
export interface NetworkOptions extends ConfigOptions {
  /** Config file, or `preset:<name>`. */
  readonly config?: string;
  /** Name of a preset, instead of a config. */
  readonly preset?: string;
  /** Channels of the image; default: what the config's training set or the preset says, or 3. */
  readonly channels?: number;
}

/** A network with first weights, on an engine that runs. */
export interface OpenedNetwork extends OpenedConfig {
  readonly model: SegmentationModel;
  /** Name of the engine. */
  readonly engine: string;
}

/**
 * Builds the network that a command names and fills it with first weights, which are to be disposed.
 * @throws ConfigError if the config is wrong.
 */
export async function openNetwork(
  { channels: given, ...options }: NetworkOptions,
  logger: Logger,
): Promise<OpenedNetwork> {
  const opened = await openConfig(configOf(options), options, logger);
  const { app, config } = opened;
  const parsed = parseNetworkConfig(app.registry, config);
  const { model } = buildNetwork(app.registry, parsed, imageChannels(opened, given));
  const engine = await app.startEngine(parsed.engine);
  model.initialize(randomStream(parsed.seed).fork('weights'));
  return { ...opened, model, engine };
}

function configOf({ config, preset }: Pick<NetworkOptions, 'config' | 'preset'>): string {
  if (config !== undefined && preset === undefined) return config;
  if (config === undefined && preset !== undefined) return `preset:${preset}`;
  throw new ConfigError('expected either --config <config> or --preset <name>.');
}
