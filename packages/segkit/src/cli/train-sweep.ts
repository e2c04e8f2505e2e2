import { type ConfigInput, TrainingError } from '@segkit/core';

import type { Outcome } from './follow-run.js';
import { formatScore, formatTable, toJson } from './format.js';
import { spreadOf } from './spread.js';
import type { Terminal } from './terminal.js';

/** Runs that differ in their fold or seed alone. */
export interface SweepOptions {
  /** Number of folds, each of which is validated on once. */
  readonly folds?: number;
  readonly seeds?: readonly number[];
}

/** One run of a sweep. */
export interface SweepMember {
  /** What sets it apart, e.g. `fold-1` or `fold-1-seed-0`; appended to the run's name. */
  readonly label: string;
  readonly config: ConfigInput;
}

/** The runs of a sweep: every fold with every seed; none if nothing is swept over. */
export function sweepMembers(
  config: ConfigInput,
  { folds, seeds }: SweepOptions,
): readonly SweepMember[] {
  if (folds === undefined && seeds === undefined) return [];
  const foldMembers: readonly SweepMember[] =
    folds === undefined
      ? [{ label: '', config }]
      : Array.from({ length: folds }, (_, i) => ({
          label: `-fold-${String(i + 1)}`,
          config: withFold(config, { index: i + 1, of: folds }),
        }));
  return foldMembers.flatMap(({ label, config: ofFold }) =>
    (seeds ?? [undefined]).map((seed) =>
      seed === undefined
        ? { label: label.slice(1), config: ofFold }
        : { label: `${label}-seed-${String(seed)}`.slice(1), config: { ...ofFold, seed } },
    ),
  );
}

/** A config that validates on one fold of its training images. */
export function withFold(
  config: ConfigInput,
  fold: NonNullable<ConfigInput['data']['fold']>,
): ConfigInput {
  return { ...config, data: { ...config.data, fold: { ...config.data.fold, ...fold } } };
}

/**
 * Trains the members one after the other and prints what their last validations gave, with mean and spread.
 * @param runOne - Trains one member to its end.
 * @throws TrainingError if a run ended without a validation.
 */
export async function runSweep(
  members: readonly SweepMember[],
  runOne: (member: SweepMember) => Promise<Outcome>,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const runs = [];
  for (const [i, member] of members.entries()) {
    terminal.writeErr(`run ${String(i + 1)} of ${String(members.length)}: ${member.label}\n`);
    const { folder, validation } = await runOne(member);
    if (validation === undefined) {
      throw new TrainingError(
        `${member.label}: the run made no validation, so there is nothing to compare; name a data.validation.`,
      );
    }
    const { loss, metrics } = validation;
    runs.push({ label: member.label, folder, scores: { loss, ...metrics } });
  }
  const spread = spreadOf(runs.map(({ scores }) => scores));
  if (json) {
    terminal.writeOut(toJson({ runs, spread }));
    return;
  }
  // Scores of single classes, `iou/cell`, are left to --json.
  const names = Object.keys(spread).filter((name) => !name.includes('/'));
  const row = (label: string, value: (name: string) => number): string[] => [
    label,
    ...names.map((name) => formatScore(value(name))),
  ];
  const rows = [
    ...runs.map(({ label, scores }) =>
      row(label, (name) => (scores as Readonly<Record<string, number>>)[name] ?? Number.NaN),
    ),
    row('mean', (name) => spread[name]?.mean ?? Number.NaN),
    row('std. deviation', (name) => spread[name]?.deviation ?? Number.NaN),
  ];
  terminal.writeOut(`${formatTable(['run', ...names], rows)}\n`);
}
