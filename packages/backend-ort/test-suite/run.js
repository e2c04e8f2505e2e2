// Runs the op tests that tfjs-core ships in its npm package (Jasmine, about 4300) on one of its backends.
//
//   npm run test:tfjs                      cpu, then ort; fails unless all that passes on cpu passes on ort
//   npm run test:tfjs -- --backend ort     ort alone, or cpu, wasm, tfjs-node, webgpu; fails if a test fails
//   npm run test:tfjs -- --baseline cpu --backend wasm   another comparison
//
//   --file conv2d_test    only test files with this in their path (`ops/conv2d_test.js`)
//   --filter gradient     only tests with this in their full name
//   --verbose             whole messages, stacks (in TypeScript lines), and what the tests print
//
// Every backend runs in a process of its own, on one bundle of tests, backend and tfjs-core, and leaves its results in
// runs/tfjs-tests/<backend>.json. Names of tests leave out the backend, so that they are the same for all. Math.random
// starts from the same seed in every test. A test that ends or blocks the process fails, and the rest goes on in a new one.
//
// left-out.js lists the tests that need a browser, left-out-tensorflow.js and left-out-webgpu.js what the authors of those
// backends leave out, known-differences.json those that may pass on cpu and not on ort:
// { "test": full name, or with * for any characters, "reason": why }. An entry that means no test, or a test that
// passes, fails the run, as does a list of more than 2 % of what cpu passes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { findBackend } from './backends.js';
import { allowedShare, compare } from './compare.js';
import { leftOut } from './left-out.js';
import { countStatuses, runBackend } from './run-backend.js';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string' },
    baseline: { type: 'string' },
    file: { type: 'string' },
    filter: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const { file, filter, verbose } = options;
const whole = file === undefined && filter === undefined;
const local = (path) => fileURLToPath(new URL(path, import.meta.url));

const inWords = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
const percent = (share) => `${Number((100 * share).toFixed(2))} %`;

async function run(backend) {
  const start = performance.now();
  const resultFile = local(`../../../runs/tfjs-tests/${backend}.json`);
  const tests = await runBackend({ backend, file, filter, verbose, resultFile });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${backend}: ${inWords(countStatuses(tests))} (${seconds} s)`);
  return tests;
}

function printFailures(tests) {
  for (const { name, file: testFile, message = '', stack } of tests) {
    const [line] = message.split('\n');
    const short = line.length > 200 ? `${line.slice(0, 200)}...` : line;
    console.log(`FAILED ${name}${testFile === undefined ? '' : ` (${testFile})`}`);
    console.log(verbose ? `${message}\n${stack ?? ''}\n` : `       ${short}`);
  }
}

function printLeftOut(backend) {
  console.log('left out, because Node lacks what they need:');
  for (const { tests, reason } of leftOut) console.log(`  ${tests}: ${reason}`);
  const ofBackend = findBackend(backend).leftOut;
  if (ofBackend.length > 0) console.log(`left out on ${backend}:`);
  for (const { tests, reason } of ofBackend) console.log(`  ${tests}: ${reason}`);
}

async function runOne(backend) {
  if (whole) printLeftOut(backend);
  const tests = await run(backend);
  const failed = tests.filter(({ status }) => status === 'failed');
  printFailures(failed);
  console.log(inWords(countStatuses(tests)));
  return failed.length === 0;
}

async function runComparison(baseline, backend) {
  if (whole) printLeftOut(backend);
  const path = local('known-differences.json');
  const differences = JSON.parse(readFileSync(path, 'utf8'));
  const expected = await run(baseline);
  const tested = await run(backend);
  const { failed, known, faults, counts } = compare(expected, tested, differences, { whole });
  printFailures(failed);
  for (const fault of faults) console.log(`known-differences.json: ${fault}`);
  const share = known.length / Math.max(1, countStatuses(expected).passed);
  console.log(
    `known differences: ${known.length}, ${percent(share)} of what ${baseline} passes (at most ${percent(allowedShare)})`,
  );
  console.log(inWords(counts));
  return failed.length === 0 && faults.length === 0;
}

const isComparison = options.baseline !== undefined || options.backend === undefined;
try {
  const isGood = isComparison
    ? await runComparison(options.baseline ?? 'cpu', options.backend ?? 'ort')
    : await runOne(options.backend);
  process.exitCode = isGood ? 0 : 1;
} catch (error) {
  console.error(verbose ? error : `error: ${error.message}`);
  process.exitCode = 1;
}
