// The segkit side of oracles/compare_networks.py: runs one pass and prints how far every tensor is from PyTorch's.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { build } from './build.js';
import { app, namedNetworks, type NamedNetwork } from './configs.js';
import { runNetwork, type Pass } from './run-network.js';

interface Wanted extends Pass {
  readonly name: string;
  /** Where in `data.bin` every tensor starts, in values. */
  readonly offsets: Readonly<Record<string, number>>;
}

const [folder = ''] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(join(folder, 'pass.json'), 'utf8')) as Wanted;
const network: NamedNetwork | undefined = new Map(Object.entries(namedNetworks)).get(wanted.name);
if (network === undefined) throw new Error(`no network is named "${wanted.name}".`);

const data = openSync(join(folder, 'data.bin'), 'r');

function read(name: string, count: number): Float32Array {
  const offset = wanted.offsets[name];
  if (offset === undefined) throw new Error(`PyTorch's side has no "${name}".`);
  const values = new Float32Array(count);
  readSync(data, values, 0, 4 * count, 4 * offset);
  return values;
}

await app.startEngine({ name: 'ort', threads: 2 });
const model = build(network);
/** By tensor: the norm of PyTorch's, and of the difference. */
const norms: Record<string, readonly [number, number]> = {};
runNetwork(model, wanted, (name, result) => {
  const values = result.inTorchOrder();
  const expected = read(name, values.length);
  let squares = 0;
  let apart = 0;
  values.forEach((value, i) => {
    const exact = expected[i] ?? Number.NaN;
    squares += exact ** 2;
    apart += (value - exact) ** 2;
  });
  norms[name] = [Math.sqrt(squares), Math.sqrt(apart)];
});
closeSync(data);
const missing = Object.keys(wanted.offsets).filter((name) => norms[name] === undefined);
if (missing.length > 0) throw new Error(`segkit's side has no ${missing.join(', ')}.`);
const classes = Array.from(
  { length: Math.max(2, network.outChannels) },
  (_, i) => `class-${String(i)}`,
);
const side = wanted.period === null ? 256 : 572;
const { macs } = await app.summarize(
  {
    data: { labels: { classes }, train: 'synthetic-cells' },
    model: network.model,
    loss: network.outChannels === 1 ? 'bce' : 'ce',
    train: { steps: 1 },
  },
  { height: side, width: side, channels: network.inChannels },
);
console.log(JSON.stringify({ parameters: model.parameterCount, side, macs, norms }));
process.exit(0);
