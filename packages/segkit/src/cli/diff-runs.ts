import { resolve } from 'node:path';

import type { Command } from 'commander';

import { formatScore, formatTable, toJson } from './format.js';
import { overallScores, readOverview, type RunOverview } from './read-overview.js';
import type { Terminal } from './terminal.js';

const help = `
Example:
  $ segkit diff runs/unet runs/unet-2`;

/** A value of the config by which two runs differ; `null` stands for none. */
interface Difference {
  /** Keys from the config's root, e.g. `optimizer.learningRate`. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Adds `segkit diff`. */
export function addDiffCommand(program: Command, terminal: Terminal): void {
  program
    .command('diff')
    .description(
      "Compare two runs: what differs in their configs, and their last validations' scores.",
    )
    .argument('<a>', 'folder of a run')
    .argument('<b>', 'folder of another')
    .option('--json', 'print one JSON object')
    .addHelpText('after', help)
    .action(async (a: string, b: string, { json }: { readonly json?: true }) => {
      const [first, second] = [await readOverview(resolve(a)), await readOverview(resolve(b))];
      const compared = {
        config: differences(first.config, second.config),
        scores: scoresOf(first, second),
      };
      terminal.writeOut(json === true ? toJson({ a, b, ...compared }) : table(a, b, compared));
    });
}

/** The leaves in which two plain values differ. */
function differences(a: unknown, b: unknown, path = ''): Difference[] {
  if (isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) =>
      differences(a[key], b[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ path, a: a ?? null, b: b ?? null }];
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

interface ScorePair {
  readonly name: string;
  readonly a: number | null;
  readonly b: number | null;
}

function scoresOf(first: RunOverview, second: RunOverview): ScorePair[] {
  const [a, b] = [overallScores(first.metrics), overallScores(second.metrics)];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].map((name) => ({ name, a: a[name] ?? null, b: b[name] ?? null }));
}

function table(
  a: string,
  b: string,
  { config, scores }: { readonly config: Difference[]; readonly scores: ScorePair[] },
): string {
  const shown = (value: unknown): string => (value === null ? '-' : JSON.stringify(value));
  const score = (value: number | null): string => formatScore(value ?? Number.NaN);
  const rows = [
    ...config.map(({ path, a: left, b: right }) => [path, shown(left), shown(right)]),
    ...scores.map(({ name, a: left, b: right }) => [name, score(left), score(right)]),
  ];
  if (config.length === 0) return `The configs are equal.\n${formatTable(['', a, b], rows)}\n`;
  return `${formatTable(['', a, b], rows)}\n`;
}
