import { readFileSync } from 'node:fs';

import type { Observation, Raster } from '@segkit/core';
import { expect } from 'vitest';

/** `null` stands for NaN. */
type Scores = Readonly<Record<string, number | null>>;

/** Class indices as rows of digits; a dot is an ignored pixel. */
interface Pair {
  readonly truth: readonly string[];
  readonly prediction: readonly string[];
}

interface EvaluationFixture {
  readonly boundary: readonly {
    readonly name: string;
    readonly classes: number;
    readonly images: readonly Pair[];
    readonly perClass: readonly Scores[];
  }[];
  readonly isbi2012: readonly (Pair & { readonly name: string; readonly scores: Scores })[];
  readonly thresholds: readonly {
    readonly thresholds: readonly number[];
    /** Percentages of the probability of objects. */
    readonly images: readonly {
      readonly truth: readonly string[];
      readonly percent: readonly number[];
    }[];
    readonly scores: Scores;
  }[];
  readonly objects: readonly {
    readonly name: string;
    readonly classes: number;
    /** Instances are pairs of an id and how often it follows. */
    readonly images: readonly (Pair & { readonly instances?: readonly number[] })[];
    readonly perClass: readonly Scores[];
  }[];
}

/** For tests: `oracles/fixtures/evaluation-metrics.json`, made by `oracles/evaluation_metrics.py`. */
export const fixture = JSON.parse(
  readFileSync(
    new URL('../../../oracles/fixtures/evaluation-metrics.json', import.meta.url),
    'utf8',
  ),
) as EvaluationFixture;

/** For tests: a raster drawn as rows of digits; a dot is 255. */
export function drawn(rows: readonly string[]): Raster<Int32Array> {
  const data = Int32Array.from(rows.join(''), (pixel) => (pixel === '.' ? 255 : Number(pixel)));
  return { height: rows.length, width: rows[0]?.length ?? 0, channels: 1, data };
}

/** For tests: what a metric is told of an image of labels. */
export function observed({
  truth,
  prediction,
  instances,
}: Pair & { readonly instances?: readonly number[] }): Observation {
  const labels = drawn(truth);
  const ids: number[] = [];
  for (let at = 0; instances !== undefined && at < instances.length; at += 2) {
    ids.push(...new Array<number>(instances[at + 1] ?? 0).fill(instances[at] ?? 0));
  }
  return {
    labels,
    predictedLabels: drawn(prediction),
    ...(instances && { instances: { ...labels, data: Int32Array.from(ids) } }),
  };
}

/** For tests: matches scores to 9 decimals; `null` matches NaN. */
export function closeToAll(scores: Scores): Record<string, unknown> {
  const close = Object.entries(scores).map(([name, value]) => [
    name,
    value === null ? Number.NaN : (expect.closeTo(value, 9) as unknown),
  ]);
  return Object.fromEntries(close) as Record<string, unknown>;
}
