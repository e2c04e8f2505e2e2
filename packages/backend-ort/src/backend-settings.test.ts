import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { configure, OrtBackendError, stats, type OrtSettings } from './index.js';

const usual: OrtSettings = {
  threads: 2,
  executionProvider: 'cpu',
  blockedLayout: true,
  maxGraphs: 24,
  profile: null,
};

beforeAll(async () => {
  configure(usual);
  await tf.setBackend('ort');
});
afterEach(() => {
  configure(usual);
});
afterAll(async () => {
  await tf.setBackend('cpu');
});

/** A graph of its own for each length. */
function compute(length: number): number {
  return tf.tidy(() => tf.sum(tf.square(tf.ones([length, 3]))).dataSync()[0] ?? NaN);
}

describe('a wrong setting', () => {
  it.each([
    [{ threads: 0 }, 'configure({ threads }) must be a whole number from 1, received 0.'],
    [{ threads: 1.5 }, 'received 1.5.'],
    [{ maxGraphs: -1 }, 'configure({ maxGraphs }) must be a whole number from 1, received -1.'],
    [{ executionProvider: 'npu' }, 'must be "cpu", "cuda" or "webgpu", received "npu".'],
    [{ blockedLayout: 1 }, 'configure({ blockedLayout }) must be true or false, received 1.'],
    [{ profile: 3 }, 'configure({ profile }) must be a path prefix or null, received 3.'],
    [{ thread: 1 }, 'configure({ thread }) must be one of threads, executionProvider, '],
  ])('%j is refused, and changes nothing', (settings, message) => {
    const refused = (): void => {
      configure(settings as unknown as Partial<OrtSettings>);
    };
    expect(refused).toThrow(OrtBackendError);
    expect(refused).toThrow(message);
    expect(compute(5)).toBe(15);
  });

  it('for the library at hand is told when a graph is built', () => {
    configure({ executionProvider: 'webgpu', threads: 1 });
    try {
      expect(compute(6)).toBe(18);
    } catch (error) {
      expect(error).toBeInstanceOf(OrtBackendError);
    }
    configure(usual);
    expect(compute(6)).toBe(18);
  });
});

describe('maxGraphs', () => {
  it('bounds the graphs that are kept, and unloads the oldest', () => {
    configure({ maxGraphs: 3 });
    for (let length = 1; length <= 5; length++) compute(length);
    expect(stats().graphs).toBe(3);
    const { compiles, cacheHits } = stats();
    for (const length of [5, 4, 3]) compute(length);
    expect(stats()).toMatchObject({ compiles, cacheHits: cacheHits + 3 });
    compute(1);
    expect(stats()).toMatchObject({ compiles: compiles + 1, graphs: 3 });
  });
});

describe('a changed setting', () => {
  it('drops the graphs, but no tensor and nothing recorded', () => {
    const recorded = tf.mul(tf.tensor1d([1, 2]), 5);
    compute(7);
    configure({ blockedLayout: false, threads: 1 });
    expect(stats().graphs).toBe(0);
    expect([...recorded.dataSync()]).toEqual([5, 10]);
    expect(compute(7)).toBe(21);
    recorded.dispose();
  });
});

describe('profile', () => {
  it('names the files of which every graph writes one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'segkit-profile-'));
    configure({ profile: join(folder, 'ort') });
    compute(8);
    configure(usual);
    const files = readdirSync(folder).filter((name) => name.startsWith('ort'));
    expect(files.length).toBeGreaterThan(0);
    const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    expect(text).toContain('Square [8x3]');
    rmSync(folder, { recursive: true });
  });
});

describe('stats', () => {
  it('count what is recorded, run, built and found', () => {
    compute(9);
    const before = stats();
    compute(9);
    const after = stats();
    expect(after).toMatchObject({
      flushes: before.flushes + 1,
      cacheHits: before.cacheHits + 1,
      compiles: before.compiles,
      graphs: before.graphs,
      fallbacks: before.fallbacks,
      compileSeconds: before.compileSeconds,
    });
    expect(after.recorded).toBeGreaterThan(before.recorded);
    expect(after.runSeconds).toBeGreaterThan(before.runSeconds);
  });

  it('count kernels without a lowering, by name', () => {
    const before = stats().fallbacks['Atan2'] ?? 0;
    tf.tidy(() => tf.atan2(tf.tensor1d([1]), tf.tensor1d([1])).dataSync());
    expect(stats().fallbacks['Atan2']).toBe(before + 1);
  });

  it('tell the most bytes that were held at once', () => {
    const bytes = 4 * 3_000_000;
    const x = tf.ones([3_000_000]);
    const y = tf.neg(x);
    y.dataSync();
    tf.dispose([x, y]);
    expect(stats().peakBytes).toBeGreaterThanOrEqual(bytes);
    const { peakBytes } = stats();
    compute(10);
    // The two large arrays are still kept for reuse.
    expect(stats().peakBytes - peakBytes).toBeLessThan(1000);
  });
});
