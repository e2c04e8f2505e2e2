import type { LabelSchema } from '@segkit/core';

import type { Finding, FindingKind } from './audit-report.js';
import { total } from './class-weights.js';
import { backgroundOf } from './object-facts.js';
import type { SplitFacts } from './read-split.js';
import type { SampleFacts } from './sample-facts.js';

/** Values that one mask's line names. */
const listedValues = 5;

/** Names a sample by its image file, or by its id where it has none. */
export function nameOf({ id, files }: Pick<SampleFacts, 'id' | 'files'>): string {
  return files[0] ?? id;
}

/** Whether all pixels of an image are alike. */
export function isConstant({ channels }: SampleFacts): boolean {
  return channels.every(({ min, max }) => min === max);
}

/** What is to be said of one split on its own. */
export function splitFindings(facts: SplitFacts, labels: LabelSchema): Finding[] {
  const { name, failure } = facts;
  if (failure !== undefined) {
    const message = failure.replace(`data.${name}: `, '');
    return [{ level: 'error', kind: 'split', splits: [name], message, details: [] }];
  }
  return [
    ...badSamples(facts),
    ...wholeSet(facts),
    ...oddMasks(facts, labels),
    ...oddImages(facts),
  ];
}

/** `3 of 30 images`. */
function ofImages(some: readonly unknown[], { images }: SplitFacts): string {
  return `${String(some.length)} of ${String(images)} images`;
}

function badSamples(facts: SplitFacts): Finding[] {
  const said = { unreadable: 'cannot be read', mismatch: 'do not fit their masks or targets' };
  return (['unreadable', 'mismatch'] as const).flatMap((kind): Finding[] => {
    const bad = facts.bad.filter((sample) => sample.kind === kind);
    if (bad.length === 0) return [];
    const message = `${ofImages(bad, facts)} ${said[kind]}`;
    const details = bad.map((sample) => sample.message);
    return [{ level: 'error', kind, splits: [facts.name], message, details }];
  });
}

/** What the data set says of itself, with the files where that is about mask values. */
function wholeSet(facts: SplitFacts): Finding[] {
  const { name, samples, problems } = facts;
  const odd = samples.filter(({ unknown }) => unknown.size > 0);
  const details = odd.map(
    ({ files, id, unknown }) => `${files[1] ?? id}: ${describeValues(unknown)}`,
  );
  const found = problems.map(({ kind, message }): Finding => ({
    level: 'error',
    kind,
    splits: [name],
    message,
    details: kind === 'values' ? details : [],
  }));
  if (odd.length === 0 || found.some(({ kind }) => kind === 'values')) return found;
  const message = `${ofImages(odd, facts)} have labels outside the classes`;
  return [...found, { level: 'error', kind: 'values', splits: [name], message, details }];
}

/** `7 (120 pixels), 9 (3 pixels)`; of many values those of the most pixels. */
function describeValues(unknown: ReadonlyMap<string, number>): string {
  const largest = [...unknown].sort(([, a], [, b]) => b - a).slice(0, listedValues);
  const values = largest.map(([value, pixels]) => `${value} (${String(pixels)} pixels)`).join(', ');
  const rest = unknown.size - largest.length;
  return rest > 0 ? `${values} and ${String(rest)} more values` : values;
}

function oddMasks(facts: SplitFacts, labels: LabelSchema): Finding[] {
  const background = backgroundOf(labels);
  const masked = facts.samples.filter(({ classPixels }) => classPixels !== undefined);
  const ignored = masked.filter(({ classPixels }) => total(classPixels ?? []) === 0);
  const empty = masked.filter(({ classPixels = [], unknown }) => {
    const all = total(classPixels);
    const only = background !== undefined && classPixels[background] === all;
    return only && all > 0 && unknown.size === 0;
  });
  return [
    ...about(
      facts,
      'warning',
      'ignored-mask',
      ignored,
      'have masks in which every pixel is ignored',
    ),
    ...about(facts, 'note', 'background-mask', empty, 'show nothing but background'),
  ];
}

function oddImages(facts: SplitFacts): Finding[] {
  const constant = facts.samples.filter(isConstant);
  const byId = new Map<string, SampleFacts[]>();
  for (const sample of facts.samples) byId.set(sample.id, [...(byId.get(sample.id) ?? []), sample]);
  const repeated = [...byId.values()].filter((samples) => samples.length > 1).flat();
  return [
    ...about(facts, 'warning', 'constant-image', constant, 'are of one value everywhere'),
    ...about(facts, 'warning', 'duplicate-id', repeated, 'share their names with others'),
  ];
}

function about(
  facts: SplitFacts,
  level: Finding['level'],
  kind: FindingKind,
  samples: readonly SampleFacts[],
  what: string,
): Finding[] {
  if (samples.length === 0) return [];
  const message = `${ofImages(samples, facts)} ${what}`;
  return [{ level, kind, splits: [facts.name], message, details: samples.map(nameOf) }];
}
