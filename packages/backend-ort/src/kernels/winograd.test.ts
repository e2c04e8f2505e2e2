import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lowerTrace, shortNames } from '../program/lower-trace.js';
import { ScalarPolicies } from '../program/scalar-policy.js';
import { traceTargets } from '../program/trace.js';
import { ort, ortBackend, startBackends, stopBackends } from './compare-with-cpu.test-support.js';

// Which convolutions are lowered to Winograd's algorithm; that it computes the same, specialized-graph.test.ts shows.

beforeAll(async () => {
  await startBackends();
  await tf.setBackend(ort);
});
afterAll(stopBackends);

interface Convolution {
  readonly size?: [number, number];
  readonly channels?: [number, number];
  readonly taps?: number;
  readonly stride?: number;
  readonly pad?: 'same' | 'valid';
  readonly dilation?: number;
  /** Whether the filter is known to be the same in every run. */
  readonly constant?: boolean;
}

/** Whether the graph has the 16 products of a tile's transform, instead of one convolution. */
function usesWinograd({
  size = [64, 32],
  channels: [from, to] = [128, 128],
  taps = 3,
  stride = 1,
  pad = 'same',
  dilation = 1,
  constant = true,
}: Convolution): boolean {
  const backend = ortBackend();
  let products = 0;
  tf.tidy(() => {
    const [x, filter] = [
      tf.zeros<tf.Rank.R4>([2, ...size, from]),
      tf.zeros<tf.Rank.R4>([taps, taps, from, to]),
    ];
    x.dataSync();
    filter.dataSync();
    const y = tf.conv2d(x, filter, stride, pad, 'NHWC', dilation);
    const trace = traceTargets([backend.data.get(y.dataId).value!], new ScalarPolicies());
    const target = { blockSize: 16, contribOperators: true, poolIndices: true };
    // The map is the first leaf.
    const { graph } = lowerTrace(trace, target, {
      ...shortNames,
      isConstant: (leaf) => constant && leaf === 1,
    });
    const nodes = graph
      .parts()
      .nodes.filter(({ type, attributes }) => type === 'Conv' && attributes['group'] === undefined);
    products = nodes.length;
  });
  expect([1, 16]).toContain(products);
  return products === 16;
}

describe('takes', () => {
  it.each<Convolution>([
    {},
    { channels: [128, 256] },
    { channels: [256, 128] },
    { size: [32, 32], channels: [256, 256] },
  ])('%o', (convolution) => {
    expect(usesWinograd(convolution)).toBe(true);
  });
});

describe('leaves', () => {
  it.each<Convolution>([
    { constant: false },
    { size: [65, 32] },
    { size: [64, 33] },
    { size: [62, 32] },
    { size: [32, 32], channels: [256, 128] },
    { channels: [64, 128] },
    { channels: [128, 64] },
    { size: [128, 128], channels: [64, 64] },
    { taps: 5 },
    { taps: 1 },
    { stride: 2 },
    { pad: 'valid' },
    { dilation: 2 },
  ])('%o', (convolution) => {
    expect(usesWinograd(convolution)).toBe(false);
  });
});
