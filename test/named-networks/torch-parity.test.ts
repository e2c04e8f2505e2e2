// Every preset's network at full width computes on `ort`, or another engine, what PyTorch computes (oracles/named_network_fixtures.py).
import { readFileSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { engineToTest, testEngine } from '../test-engine.js';
import { build } from './build.js';
import { app, namedNetworks, type NamedNetwork } from './configs.js';
import { runNetwork, type Pass, type Result } from './run-network.js';

interface Case extends Pass {
  /** How far PyTorch's own float32 is off, at worst. */
  readonly singlePrecision: number;
  readonly outputShape: readonly number[];
  /** By name: the Euclidean norm, then up to 12 entries. */
  readonly results: Readonly<Record<string, readonly [number, ...number[]]>>;
}

interface Fixture extends Pick<NamedNetwork, 'inChannels' | 'outChannels' | 'parameters'> {
  readonly cases: readonly Case[];
}

function fixtureOf(name: string): Fixture {
  const url = new URL(`../../oracles/fixtures/named-networks/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Fixture;
}

const kept = 12;

/** `sample` of the script. */
function sample({ values, entry }: Result): [number, ...number[]] {
  const count = values.length;
  const indices = Array.from({ length: Math.min(kept, count) }, (_, i) =>
    count <= kept ? i : Math.floor((((i * 40503) % 65536) * count) / 65536),
  );
  return [Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0)), ...indices.map(entry)];
}

const norm = (values: readonly number[]): number => Math.hypot(...values);

/** One tensor against PyTorch's. */
interface Compared {
  readonly result: string;
  /** Root mean square of PyTorch's tensor. */
  readonly rms: number;
  /** What the entries that were kept are off, root mean square; or what the norm is off per entry, if that is more. */
  readonly off: number;
}

/** Share of the gradients' largest root mean square below which one is all cancellation: biases before batch norm. */
const small = 1e-2;

function compare(
  result: string,
  [wantedNorm, ...wanted]: readonly [number, ...number[]],
  received: Result,
): Compared {
  const [receivedNorm, ...entries] = sample(received);
  const root = Math.sqrt(received.values.length);
  const apart = norm(wanted.map((value, i) => value - (entries[i] ?? Number.NaN)));
  return {
    result,
    rms: wantedNorm / root,
    off: Math.max(apart / Math.sqrt(wanted.length), Math.abs(wantedNorm - receivedNorm) / root),
  };
}

/**
 * Presets whose heaviest pass has more than 3 thousand million multiply-adds, and how many. SwiftShader, the GPU of a machine
 * that has none, does some 60 million in a second.
 */
const heavy: Readonly<Record<string, number>> = {
  ...{ 'unet-2015': 20.6, 'unet-crop': 20.6, 'unet-pad': 32.1, 'unet-same': 6.8 },
  ...{ 'unet-bn': 6.8, 'unet-bilinear': 6.8, 'unet-transposed': 6.8 },
  ...{ 'unet-oct': 8.3, autoencoder: 7.9, 'd-linknet50': 8.2 },
};
const isLeftOut = (name: string): boolean => testEngine === 'webgpu' && name in heavy;
const networks = Object.entries(namedNetworks);

beforeAll(() => app.startEngine(engineToTest(testEngine ?? 'ort')));
afterAll(() => tf.setBackend('cpu'));

test.skip.each(networks.map(([name]) => name).filter(isLeftOut))(
  '%s takes SwiftShader minutes',
  () => undefined,
);

test.each(networks.filter(([name]) => !isLeftOut(name)))('%s', (name, network) => {
  const { cases, ...ends } = fixtureOf(name);
  expect(network).toMatchObject(ends);
  const model = build(network);
  for (const pass of cases) {
    const compared: Compared[] = [];
    runNetwork(model, pass, (result, received) => {
      if (result === 'output') expect(received.shape).toEqual(pass.outputShape);
      const wanted = pass.results[result];
      if (wanted === undefined) throw new Error(`the fixture has no "${result}"`);
      compared.push(compare(result, wanted, received));
    });
    expect(compared.map(({ result }) => result).toSorted()).toEqual(
      Object.keys(pass.results).toSorted(),
    );
    const cancelled =
      small *
      Math.max(...compared.map(({ result, rms }) => (result.startsWith('gradient') ? rms : 0)));
    const errors = compared.map(({ result, rms, off }) => ({
      result,
      error: off / (result.startsWith('gradient') ? Math.max(rms, cancelled) : rms),
    }));
    const tolerance = Math.max(1e-4, 4 * pass.singlePrecision);
    expect(errors.filter(({ error }) => !(error < tolerance))).toEqual([]);
  }
  model.dispose();
});
