// Loads changed configs and prints what became of them (build the packages first):
// npm run fuzz -- config --count 10000 --seed 0
import { parseArgs } from 'node:util';

import { fuzzConfigs } from './fuzz-config.test-support.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '0' },
  },
});
const started = performance.now();
const { count, valid, slowestSeconds } = await fuzzConfigs(
  Number(values.count),
  Number(values.seed),
);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(
  `${String(count)} changed configs in ${seconds.toFixed(0)} s: ${String(valid)} valid, ` +
    `${String(count - valid)} refused by a typed error, slowest ${(1000 * slowestSeconds).toFixed(0)} ms\n`,
);
