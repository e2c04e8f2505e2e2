// Reads damaged files of weights and prints what became of them and how much memory the process took at most:
// npm run fuzz -- weights --count 100000 --seed 0
import { parseArgs } from 'node:util';

import { fuzzWeights } from '../weights/fuzz.test-support.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '0' },
  },
});
const started = performance.now();
const { count, read, slowestSeconds } = await fuzzWeights(
  Number(values.count),
  Number(values.seed),
);
const seconds = (performance.now() - started) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `${String(count)} damaged files in ${seconds.toFixed(0)} s: ${String(read)} read, ${String(count - read)} refused, ` +
    `slowest ${(1000 * slowestSeconds).toFixed(0)} ms, peak memory ${megabytes.toFixed(0)} MB\n`,
);
// Whole runs stay below this on Node 20 to 24; a reader that trusts a length does not.
if (megabytes > 200) throw new Error('peak memory is above 200 MB');
