import { fork } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleTests } from './bundle.js';

/**
 * @typedef {object} Test
 * @property {string} name - Full name, without the backend's.
 * @property {string} [file] - Below tfjs-core's dist.
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {string} [reason] - Why it was skipped.
 * @property {string} [message] - Of its failure.
 * @property {string} [stack]
 */

const workerFile = fileURLToPath(new URL('worker.js', import.meta.url));
/** A test that blocks the process is not stopped by Jasmine's timeout of 20 s. */
const patienceSeconds = 120;
const allowedCrashes = 20;

/** Runs the tests in one process until it ends: `end` is missing if it ended too early, then during `lost`, or after `last`. */
function runWorker(task, onTest, verbose) {
  return new Promise((resolve, reject) => {
    const child = fork(workerFile, {
      execArgv: verbose ? ['--enable-source-maps'] : [],
      stdio: ['ignore', verbose ? 'inherit' : 'ignore', 'pipe', 'ipc'],
    });
    child.on('error', reject);
    child.send(task);
    let lost;
    let last = 'the start';
    let end;
    let stderr = '';
    let silent = false;
    const watchdog = setTimeout(() => {
      silent = true;
      child.kill('SIGKILL');
    }, patienceSeconds * 1000);
    child.stderr.on('data', (chunk) => {
      stderr = `${stderr}${chunk}`.slice(-4000);
      if (verbose) process.stderr.write(chunk);
    });
    child.on('message', (message) => {
      watchdog.refresh();
      if (message.started !== undefined) lost = message.started;
      if (message.test !== undefined) {
        lost = undefined;
        last = `"${message.test.name}"`;
        onTest(message.test);
      }
      if (message.end !== undefined) end = message.end;
    });
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      const how = silent ? `said nothing for ${patienceSeconds} s` : `ended with ${signal ?? code}`;
      resolve({ end, lost, last, how: `the process ${how}`, stderr });
    });
  });
}

/**
 * Runs tfjs-core's tests on a backend in a process of its own. Tests during which that process dies have failed; the
 * others then go on in a new one.
 * @param {{ backend: string, file?: string, filter?: string, verbose?: boolean, resultFile: string }} options -
 *   `file`, `filter`: parts of the wanted files' paths and tests' names; `resultFile`: where the JSON goes.
 * @returns {Promise<Test[]>}
 * @throws Error if the backend cannot be loaded, or an entry of left-out.js means no test.
 */
export async function runBackend({ backend, file, filter = '', verbose = false, resultFile }) {
  const bundle = await bundleTests({ backend, file, sourceMaps: verbose });
  const tests = new Map();
  const add = (test) => tests.set(test.name, test);
  try {
    for (let crashes = 0; ; crashes++) {
      const task = { backend, bundle, filter, finished: [...tests.keys()] };
      const { end, lost, last, how, stderr } = await runWorker(task, add, verbose);
      if (end !== undefined) {
        if (end.unusedReasons.length > 0 && file === undefined)
          throw new Error(`left-out.js: no test is named ${end.unusedReasons.join(' or ')}.`);
        break;
      }
      // Without a lost test, or after too many, a new process would not get further.
      if (lost === undefined || crashes === allowedCrashes)
        throw new Error(`${backend}: ${how} after ${last}.\n${stderr}`);
      add({ ...lost, status: 'failed', message: how, stack: stderr });
    }
  } finally {
    rmSync(bundle, { force: true });
    rmSync(`${bundle}.map`, { force: true });
  }
  const results = [...tests.values()];
  if (results.length === 0) throw new Error(`${backend}: no test has "${filter}" in its name.`);
  mkdirSync(dirname(resultFile), { recursive: true });
  writeFileSync(
    resultFile,
    `${JSON.stringify({ backend, file, filter, ...countStatuses(results), tests: results }, null, 1)}\n`,
  );
  return results;
}

/**
 * How many tests have each status.
 * @param {Test[]} tests
 */
export function countStatuses(tests) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status } of tests) counts[status]++;
  return counts;
}
