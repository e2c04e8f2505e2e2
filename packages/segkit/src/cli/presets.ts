import { buildNetwork, parseNetworkConfig, type App, type Preset } from '@segkit/core';
import type { Command } from 'commander';

import { formatCount, formatTable, toJson } from './format.js';
import { openApp } from './open-app.js';
import { addPluginOption } from './options.js';
import type { Terminal } from './terminal.js';

interface PresetsOptions {
  readonly plugin: readonly string[];
  readonly json?: true;
}

/** A preset as `segkit presets --json` prints it. */
interface PresetListing {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** Channels of its images. */
  readonly channels: number;
  readonly classes: number;
  /** Trainable scalars, for these channels and classes. */
  readonly parameters: number;
}

const help = `
Example:
  $ segkit presets
  $ segkit presets show unet-2015 > segkit.config.json
  $ segkit summary preset:unet-2015`;

/** Adds `segkit presets` and `segkit presets show`. */
export function addPresetsCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('presets')
    .description('List the published networks and recipes that a config can start from.')
    .option('--json', 'print an array of JSON objects')
    // What follows `show` is for `show`.
    .enablePositionalOptions();
  addPluginOption(command)
    .addHelpText('after', help)
    .action(async (options: PresetsOptions) => {
      const app = await openApp(options.plugin, terminal);
      const listings = app.presets.list().map((preset) => describePreset(app, preset));
      terminal.writeOut(options.json === true ? toJson(listings) : formatListings(listings));
    });
  const show = command
    .command('show')
    .description('Print a preset as a config in JSON, to be edited: its data set is an example.')
    .argument('<name>', 'as segkit presets lists it');
  addPluginOption(show).action(async (name: string, options: PresetsOptions) => {
    const app = await openApp(options.plugin, terminal);
    terminal.writeOut(toJson(editable(app.presets.find(name))));
  });
}

function describePreset(app: App, preset: Preset): PresetListing {
  const { name, description, source, channels } = preset;
  const config = parseNetworkConfig(app.registry, preset.config);
  const { parameterCount } = buildNetwork(app.registry, config, channels).model;
  const classes = config.data.labels.classes.length;
  return { name, description, source, channels, classes, parameters: parameterCount };
}

/** The preset's config with a place for the user's images. */
function editable({ name, config }: Preset): unknown {
  const { data, ...rest } = config;
  const train = { name: 'image-folder', root: 'data/train' };
  return {
    name,
    data: { ...data, train, validation: { ...train, root: 'data/validation' } },
    ...rest,
  };
}

function formatListings(listings: readonly PresetListing[]): string {
  const rows = listings.map(({ name, channels, classes, parameters, description }) => [
    name,
    String(channels),
    String(classes),
    formatCount(parameters),
    description,
  ]);
  const head = ['preset', 'channels', 'classes', 'parameters', 'description'];
  return `${formatTable(head, rows, ['preset', 'description'])}\n`;
}
