import {
  DataError,
  messageOf,
  type Dataset,
  type Inspection,
  type Inspector,
  type LabelSchema,
  type SampleProblem,
  type SetProblem,
} from '@segkit/core';

import type { SplitName } from './audit-report.js';
import { sampleFacts, sizeMismatch, type SampleFacts } from './sample-facts.js';

/** A split to be audited. */
export interface AuditedSplit {
  readonly name: SplitName;
  readonly dataset: Dataset;
}

/** A split whose samples can be read one by one. */
export interface OpenedSplit {
  readonly name: SplitName;
  readonly inspector: Inspector;
  /** Why there are no samples. */
  readonly failure?: string;
}

/** A sample that cannot be used. */
export interface BadSample extends SampleProblem {
  readonly id: string;
}

/** Everything that was read of a split. */
export interface SplitFacts {
  readonly name: SplitName;
  readonly images: number;
  /** In the data set's order. */
  readonly samples: readonly SampleFacts[];
  readonly bad: readonly BadSample[];
  readonly failure: string | undefined;
  readonly problems: readonly SetProblem[];
}

/** Finds a split's samples. A data set that cannot be looked at is prepared, which stops at its first errors. */
export async function openSplit({ name, dataset }: AuditedSplit): Promise<OpenedSplit> {
  try {
    if (dataset.inspect !== undefined) return { name, inspector: await dataset.inspect() };
    await dataset.prepare();
    return { name, inspector: loadingInspector(dataset) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { name, inspector: emptyInspector, failure: error.message };
  }
}

const emptyInspector: Inspector = {
  length: 0,
  read: () => Promise.reject(new RangeError('no samples')),
  conclude: () => [],
};

function loadingInspector(dataset: Dataset): Inspector {
  return {
    length: dataset.length,
    read: async (index): Promise<Inspection> => {
      try {
        const sample = await dataset.load(index);
        const mismatch = sizeMismatch(sample);
        if (mismatch === undefined) return { id: sample.id, files: [], sample };
        return { id: sample.id, files: [], problem: { kind: 'mismatch', message: mismatch } };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        const problem = { kind: 'unreadable', message: messageOf(error) } as const;
        return { id: `#${String(index)}`, files: [], problem };
      }
    },
    conclude: () => [],
  };
}

/** Reads one sample and reduces it to facts, so that its pixels can be forgotten. */
export async function readSample(
  { inspector }: OpenedSplit,
  index: number,
  labels: LabelSchema,
): Promise<SampleFacts | BadSample> {
  const inspection = await inspector.read(index);
  const { id, sample, problem } = inspection;
  if (sample !== undefined && problem === undefined) return sampleFacts(inspection, sample, labels);
  return { id, kind: 'unreadable', message: `${id}: nothing was read`, ...problem };
}
