import { InvalidArgumentError, Option, type Command } from 'commander';

/** Options of commands that read a config. */
export interface ConfigOptions {
  readonly set: readonly string[];
  readonly plugin: readonly string[];
}

/** Gathers the values of an option that may be given several times. */
function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** Reads an integer that is not negative. */
export function parseCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected an integer that is not negative.');
}

/** Reads a list of integers such as `0,1,2`. */
export function parseCounts(text: string): readonly number[] {
  const counts = text.split(',').map(parseCount);
  if (new Set(counts).size === counts.length) return counts;
  throw new InvalidArgumentError('Expected different integers.');
}

/** Reads one fold of several, `2/5`. */
export function parseFold(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index !== undefined && of !== undefined && of > 1 && index >= 1 && index <= of) {
    return { index, of };
  }
  throw new InvalidArgumentError('Expected one of several parts, such as 1/5.');
}

/** Reads a number of folds. */
export function parseFolds(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 1) return Number(text);
  throw new InvalidArgumentError('Expected an integer above 1.');
}

/** Reads a duration such as `90s`, `45m`, `2h` or `1h30m`; in seconds. */
export function parseDuration(text: string): number {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = 3600 * Number(hours ?? 0) + 60 * Number(minutes ?? 0) + Number(seconds ?? 0);
  if (total > 0) return total;
  throw new InvalidArgumentError('Expected a duration such as 90s, 45m, 2h or 1h30m.');
}

/** Reads a positive integer. */
export function parsePositive(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a positive integer.');
}

const splits = ['train', 'validation', 'test'] as const;

/** Reads names of splits, separated by commas. */
export function parseSplits(text: string): readonly (typeof splits)[number][] {
  return text.split(',').map((name) => {
    const split = splits.find((known) => known === name.trim());
    if (split !== undefined) return split;
    throw new InvalidArgumentError(`Expected names of ${splits.join(', ')}, separated by commas.`);
  });
}

/** An option that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(collect).default([], 'none');
}

/** `--channels`, of commands about a network. */
export function channelsOption(): Option {
  return new Option(
    '--channels <integer>',
    "channels of the image; default: what data.train declares, the preset's, or 3",
  ).argParser(parseCount);
}

/** Adds `--plugin module`. */
export function addPluginOption(command: Command): Command {
  return command.addOption(
    repeatable(
      '--plugin <module>',
      'register the plugins that a module exports; a path or a package',
    ),
  );
}

/** Adds `--set path=value` and `--plugin module`. */
export function addConfigOptions(command: Command): Command {
  return addPluginOption(
    command.addOption(
      repeatable(
        '--set <path=value>',
        'override a config value, e.g. train.steps=40 or callbacks.0.monitor=meanDice',
      ),
    ),
  );
}
