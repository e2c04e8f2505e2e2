import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import {
  ConfigError,
  createApp,
  silentLogger,
  UnknownComponentError,
  type App,
} from '@segkit/core';

import { expectData, openConfig } from '../cli/open-config.js';
import { firstParty } from '../first-party.js';
import {
  baseConfigs,
  changeText,
  changeValue,
  oddOverrides,
  writeText,
} from './change-config.test-support.js';
import { numbersOf, pick } from './odd-values.test-support.js';

/** What became of changed configs. */
export interface ConfigFuzzReport {
  readonly count: number;
  /** Configs that were valid all the same. */
  readonly valid: number;
  readonly slowestSeconds: number;
}

/** Objects that everything inherits from. */
const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];

/**
 * Loads changed configs as `segkit train` does: files of JSON and YAML with changed values and changed characters,
 * `--set`, and configs made by programs.
 * @throws Error if loading ends in anything but a valid config or a ConfigError or UnknownComponentError, takes seconds,
 * changes a prototype, or gives a config that does not parse to itself.
 */
export async function fuzzConfigs(count: number, firstSeed = 0): Promise<ConfigFuzzReport> {
  const app = createApp({ plugins: firstParty, logger: silentLogger });
  const folder = mkdtempSync(join(tmpdir(), 'segkit-fuzz-'));
  const before = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);
  let valid = 0;
  let slowestSeconds = 0;
  try {
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const started = performance.now();
      valid += (await isValid(app, folder, seed)) ? 1 : 0;
      const seconds = (performance.now() - started) / 1000;
      slowestSeconds = Math.max(slowestSeconds, seconds);
      if (seconds > 10) throw new Error(`config ${String(seed)} took ${seconds.toFixed(0)} s`);
      const after = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);
      if (!isDeepStrictEqual(after, before))
        throw new Error(`config ${String(seed)} changed a prototype`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { count, valid, slowestSeconds };
}

async function isValid(app: App, folder: string, seed: number): Promise<boolean> {
  let config;
  try {
    config = await load(app, folder, seed);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof UnknownComponentError) return false;
    throw new Error(`config ${String(seed)} ended in ${String(error)}`, { cause: error });
  }
  const again = app.parseConfig(JSON.parse(JSON.stringify(config)) as never);
  if (isDeepStrictEqual(again, JSON.parse(JSON.stringify(config)))) return true;
  throw new Error(`config ${String(seed)} does not parse to itself`);
}

async function load(app: App, folder: string, seed: number) {
  const draw = numbersOf(seed);
  const base = pick(draw, baseConfigs);
  const way = pick(draw, ['value', 'json', 'yaml', 'json text', 'yaml text', 'set'] as const);
  if (way === 'value') return app.parseConfig(changeValue(base, draw, 'any') as never);

  const extension = way.startsWith('yaml') ? 'yaml' : 'json';
  const whole = way === 'json' || way === 'yaml' ? changeValue(base, draw, 'json') : base;
  const text = writeText(whole, extension);
  const file = join(folder, `segkit.config.${extension}`);
  writeFileSync(file, way.endsWith('text') ? changeText(text, draw) : text);
  const set = way === 'set' ? oddOverrides(draw) : [];
  const opened = await openConfig(file, { set, plugin: [] }, silentLogger);
  expectData(opened);
  return opened.app.parseConfig(opened.config);
}
