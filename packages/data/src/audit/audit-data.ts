import { availableParallelism } from 'node:os';

import type { LabelSchema } from '@segkit/core';

import { mapConcurrently } from '../file-dataset/map-concurrently.js';
import type { AuditReport, ClassReport, Finding } from './audit-report.js';
import { logWeights, medianFrequencyWeights } from './class-weights.js';
import {
  openSplit,
  readSample,
  type AuditedSplit,
  type OpenedSplit,
  type SplitFacts,
} from './read-split.js';
import { sharedFindings } from './shared-findings.js';
import { splitFindings } from './split-findings.js';
import { splitReport } from './split-report.js';
import { suggestConfig } from './suggest-config.js';

/** How to audit. */
export interface AuditOptions {
  /** Told after every sample: how many of all were read. */
  readonly onProgress?: (read: number, all: number) => void;
}

/**
 * Reads every sample of some splits once, several at a time, and reports what they are like, what is wrong with them, and
 * what they suggest for the config. Bad samples are listed, not thrown; a sample's pixels are forgotten as soon as they
 * are counted.
 * @param splits - Data sets that need not be prepared.
 */
export async function auditData(
  splits: readonly AuditedSplit[],
  labels: LabelSchema,
  { onProgress }: AuditOptions = {},
): Promise<AuditReport> {
  const opened = await Promise.all(splits.map(openSplit));
  const facts = await readAll(opened, labels, onProgress);
  const reports = facts.map((split) => splitReport(split, labels));
  const train = reports.find(({ name }) => name === 'train');
  const classes = classReports(facts, labels);
  const findings = [
    ...facts.flatMap((split) => splitFindings(split, labels)),
    ...sharedFindings(facts, labels),
  ];
  return {
    ok: findings.every(({ level }) => level !== 'error'),
    splits: reports,
    classes,
    findings: bySeverity(findings),
    suggestions: suggestConfig(train, classes, labels),
  };
}

async function readAll(
  opened: readonly OpenedSplit[],
  labels: LabelSchema,
  onProgress: AuditOptions['onProgress'],
): Promise<SplitFacts[]> {
  const jobs = opened.flatMap((split) =>
    Array.from({ length: split.inspector.length }, (_, index) => ({ split, index })),
  );
  let done = 0;
  // Decoding runs in sharp's threads.
  const limit = Math.max(4, availableParallelism());
  const read = await mapConcurrently(jobs, limit, async ({ split, index }) => {
    const result = await readSample(split, index, labels);
    onProgress?.(++done, jobs.length);
    return { split, result };
  });
  return opened.map((split) => {
    const results = read.filter((entry) => entry.split === split).map(({ result }) => result);
    return {
      name: split.name,
      images: split.inspector.length,
      samples: results.filter((result) => 'imageHash' in result),
      bad: results.filter((result) => 'kind' in result),
      failure: split.failure,
      problems: split.inspector.conclude(),
    };
  });
}

function classReports(facts: readonly SplitFacts[], { classes }: LabelSchema): ClassReport[] {
  const train = facts.find(({ name }) => name === 'train');
  const masks = (train?.samples ?? []).flatMap(({ classPixels }) =>
    classPixels === undefined ? [] : [classPixels],
  );
  const pixels = classes.map((_, label) =>
    masks.reduce((sum, counts) => sum + (counts[label] ?? 0), 0),
  );
  const labelled = pixels.reduce((sum, count) => sum + count, 0);
  const shares = pixels.map((count) => (labelled === 0 ? 0 : count / labelled));
  const balanced = medianFrequencyWeights(masks);
  const logarithmic = logWeights(shares);
  return classes.map(({ name }, label) => ({
    name,
    share: shares[label] ?? 0,
    medianFrequencyWeight: balanced[label] ?? null,
    logWeight: logarithmic[label] ?? null,
  }));
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  const order = ['error', 'warning', 'note'];
  return findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
