// The polyfill must be loaded before tsyringe.
import 'reflect-metadata';

import type { Observable } from 'rxjs';
import { container } from 'tsyringe';

import { consoleLogger, type Logger } from './components/logger.js';
import type { TrainingEvent } from './components/training-event.js';
import type { ConfigInput } from './config/config-input.js';
import { parseConfig, parseNetworkConfig, type Config } from './config/config-schema.js';
import { openRun, type OpenRunOptions, type TrainedRun } from './inference/open-run.js';
import { summarize, type Summary, type SummaryOptions } from './model/summary.js';
import { expandPreset } from './presets/expand-preset.js';
import { PresetCatalog } from './presets/preset-catalog.js';
import type { Preset, PresetBasedConfig } from './presets/preset.js';
import type { Kind, ResolvedSpec } from './registry/component-kinds.js';
import type { Plugin } from './registry/plugin.js';
import { Registry, type Container, type Token } from './registry/registry.js';
import { startEngine } from './registry/start-engine.js';
import {
  findLearningRate,
  type LearningRateSearch,
  type LearningRateSearchOptions,
} from './training/find-learning-rate.js';
import { fit } from './training/fit.js';
import { prepareRun } from './training/prepare-run.js';
import { resumeRun, type ResumeChanges } from './training/resume-run.js';
import type { RunHandle } from './training/run-handle.js';

/** How an app is put together. */
export interface AppOptions {
  /** Every component and preset that configs may name. */
  readonly plugins: readonly (Plugin | Preset)[];
  /** Default: standard error. */
  readonly logger?: Logger;
}

/** Where a run writes. */
export interface FitOptions {
  /** The run's folder; `-2`, `-3` … is appended if it exists. `null` (default) writes nothing. */
  readonly folder?: string | null;
  /** Folder where relative paths in the config start. Default: the working directory. */
  readonly baseFolder?: string;
  /** The config's file, recorded in the run. */
  readonly configFile?: string;
  /** Aborting it ends the run after the current step, without a further validation; the stream then completes. */
  readonly signal?: AbortSignal;
  /** Pauses, resumes and stops the run. */
  readonly handle?: RunHandle;
}

/** How an interrupted run is taken up. */
export interface ResumeOptions extends ResumeChanges {
  /** Aborting it ends the run after the current step, as in `fit`. */
  readonly signal?: AbortSignal;
  /** Pauses, resumes and stops the run. */
  readonly handle?: RunHandle;
}

/** Trains, evaluates and runs networks made of the registered components. */
export interface App {
  readonly registry: Registry;
  readonly presets: PresetCatalog;
  /**
   * The config with its preset, if it starts from one, written out.
   * @throws UnknownComponentError if there is no such preset.
   */
  readonly expandPreset: (config: ConfigInput | PresetBasedConfig) => ConfigInput;
  /**
   * Validates a config and fills in every default.
   * @throws ConfigError naming every wrong value.
   */
  readonly parseConfig: (config: ConfigInput | PresetBasedConfig) => Config;
  /**
   * Makes an engine current: the named one, or the first registered that starts.
   * @returns Its name.
   * @throws EngineError if none starts.
   */
  readonly startEngine: (spec?: ResolvedSpec | null) => Promise<string>;
  /** A cold stream: subscribing trains, unsubscribing stops after the current step. */
  readonly fit: (
    config: ConfigInput | PresetBasedConfig,
    options?: FitOptions,
  ) => Observable<TrainingEvent>;
  /**
   * Goes on with a run that was interrupted, from its newest whole checkpoint: a cold stream like that of `fit`. With the same
   * engine and number of threads the weights become those of a run that was never interrupted, bit for bit.
   * @param folder - The run's folder.
   */
  readonly resume: (folder: string, options?: ResumeOptions) => Observable<TrainingEvent>;
  /**
   * Leslie Smith's range test: how the loss goes while the rate rises from step to step. Writes nothing.
   * @param options - `baseFolder` is where relative paths in the config start; default: the working directory.
   */
  readonly findLearningRate: (
    config: ConfigInput | PresetBasedConfig,
    options?: LearningRateSearchOptions & Pick<FitOptions, 'baseFolder'>,
  ) => Promise<LearningRateSearch>;
  /** Opens a finished run to evaluate it or to predict with it. */
  readonly openRun: (folder: string, options?: OpenRunOptions) => Promise<TrainedRun>;
  /**
   * Layers, shapes, parameters and multiply-accumulates of a config's network.
   * @param config - Only its labels, model and loss count; `data` may lack the images.
   */
  readonly summarize: (
    config: ConfigInput | PresetBasedConfig,
    options: SummaryOptions,
  ) => Promise<Summary>;
}

/** A container of its own per app, so that two apps in one process share nothing. */
function createContainer(): Container {
  const child = container.createChildContainer();
  const key = ({ kind, name }: Token): string => `segkit/${kind}/${name}`;
  return {
    has: (token) => child.isRegistered(key(token)),
    register: (token, plugin) => {
      child.register<Plugin>(key(token), { useValue: plugin });
    },
    resolve: <K extends Kind>(token: Token<K>) => child.resolve<Plugin<K>>(key(token)),
  };
}

/**
 * The composition root: makes an app of plugins.
 * @throws DuplicateComponentError if two plugins of a kind share a name.
 * @example
 * const app = createApp({ plugins: [...firstParty, tinyNet] });
 * app.fit(config).subscribe((event) => console.log(event));
 */
export function createApp({ plugins, logger = consoleLogger }: AppOptions): App {
  const registry = new Registry(createContainer(), logger);
  const presets = new PresetCatalog();
  for (const plugin of plugins) {
    if (plugin.kind === 'preset') presets.add(plugin);
    else registry.register(plugin);
  }
  const expand = (config: unknown): ConfigInput => expandPreset(presets, config) as ConfigInput;
  const parse = (config: unknown): Config => parseConfig(registry, expand(config));
  return {
    registry,
    presets,
    expandPreset: expand,
    parseConfig: parse,
    startEngine: (spec = null) => startEngine(registry, spec, logger),
    fit: (config, { folder = null, baseFolder = process.cwd(), configFile, ...steering } = {}) =>
      fit(async () => {
        const parsed = parse(config);
        const engine = await startEngine(registry, parsed.engine, logger);
        const place = { folder, baseFolder, configFile: configFile ?? null };
        return prepareRun(registry, parsed, engine, place, logger);
      }, steering),
    resume: (folder, { signal, handle, ...changes } = {}) =>
      fit(() => resumeRun(registry, folder, changes, logger), { signal, handle }),
    findLearningRate: async (config, { baseFolder = process.cwd(), ...options } = {}) => {
      const parsed = parse(config);
      const engine = await startEngine(registry, parsed.engine, logger);
      return findLearningRate(registry, parsed, engine, baseFolder, options, logger);
    },
    openRun: (folder, options = {}) => openRun(registry, folder, options, logger),
    summarize: async (config, options) => {
      const parsed = parseNetworkConfig(registry, expand(config));
      await startEngine(registry, parsed.engine, logger);
      return summarize(registry, parsed, options);
    },
  };
}
