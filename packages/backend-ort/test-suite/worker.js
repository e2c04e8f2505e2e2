// The process that runs the tests on one backend: started by run-backend.js, to which it sends what happens.
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

import jasmineCore from 'jasmine-core';

import { findBackend } from './backends.js';
import { leftOut as leftOutEverywhere } from './left-out.js';
import { matches } from './name-pattern.js';

const [{ backend, bundle, filter, finished }] = await once(process, 'message');
const { registered, isDataSync, flags, leftOut: leftOutHere } = findBackend(backend);
const leftOut = [...leftOutEverywhere, ...leftOutHere];
/** Stands in every test's name; without it the names are the same for every backend. */
const environment = { name: 'backend-under-test', backendName: registered, isDataSync, flags };
const environmentInNames = ` ${environment.name} ${JSON.stringify(flags)}`;

const jasmine = jasmineCore.boot();
const jasmineEnv = jasmine.getEnv();
// As in tfjs-core's jasmine_util.js, which sets it on a copy of its own.
jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000;

const files = new Map();
for (const define of ['it', 'xit', 'fit']) {
  const original = globalThis[define];
  globalThis[define] = (...definition) => {
    const spec = original(...definition);
    files.set(spec.id, globalThis.tfjsTestFile);
    return spec;
  };
}

// Jasmine goes from test to test in microtasks; a turn of the event loop brings what was thrown or rejected meanwhile to
// the test that it belongs to.
globalThis.afterEach(() => new Promise((resolve) => setImmediate(resolve)));

function* specsOf(suite) {
  for (const child of suite.children) {
    if (child.children === undefined) yield child;
    else yield* specsOf(child);
  }
}

const plainName = (fullName) => fullName.replaceAll(environmentInNames, '').trim();

/** Names by spec; of equal names the second gets ` (2)`, and so on. */
function nameSpecs() {
  const names = new Map();
  const seen = new Map();
  for (const spec of specsOf(jasmineEnv.topSuite())) {
    const name = plainName(spec.getFullName());
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    names.set(spec.id, count === 1 ? name : `${name} (${count})`);
  }
  return names;
}

/** Mulberry32. Many tests draw numbers: from the same start in every run, whichever other tests run. */
function seedMathRandom() {
  let state = 1;
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Without this, tests of a backend that does not start would go to whichever other backend is registered. */
function insistOnBackend(engine) {
  const setBackend = engine.setBackend.bind(engine);
  engine.setBackend = async (name) => {
    const isSet = await setBackend(name);
    if (!isSet && name === registered) throw new Error(`backend "${name}" does not start.`);
    return isSet;
  };
}

const suite = await import(pathToFileURL(bundle).href);
insistOnBackend(suite.ENGINE);
await suite.ENGINE.setBackend(registered);
// Of what tfjs-core tests in browsers alone, all runs here that can; left-out.js lists the rest.
suite.BROWSER_ENVS.predicate = () => true;
delete suite.CHROME_ENVS.flags;
suite.setTestEnvs([environment]);
seedMathRandom();
await suite.defineTests();

const names = nameSpecs();
const done = new Set(finished);
const reasons = new Map();
for (const [id, name] of names) {
  const entry = leftOut.find(({ tests }) => matches(tests, name));
  if (entry !== undefined) reasons.set(id, entry.reason);
}
const isWanted = (id) => names.get(id).includes(filter) && !done.has(names.get(id));

const failure = (expectations) => ({
  message: expectations.map(({ message }) => message).join('\n'),
  stack: expectations.map(({ stack }) => stack).join('\n'),
});
const send = (message) => process.send(message);

jasmineEnv.configure({
  random: false,
  forbidDuplicateNames: false,
  specFilter: ({ id }) => isWanted(id) && !reasons.has(id),
});
jasmineEnv.addReporter({
  specStarted({ id }) {
    seedMathRandom();
    if (isWanted(id)) send({ started: { name: names.get(id), file: files.get(id) } });
  },
  specDone({ id, status, duration, failedExpectations }) {
    if (!isWanted(id)) return;
    const test = { name: names.get(id), file: files.get(id) };
    if (status === 'passed') send({ test: { ...test, status, milliseconds: duration } });
    else if (status === 'failed')
      send({ test: { ...test, status, milliseconds: duration, ...failure(failedExpectations) } });
    else
      send({
        test: { ...test, status: 'skipped', reason: reasons.get(id) ?? 'disabled in tfjs-core' },
      });
  },
  suiteDone({ fullName, failedExpectations }) {
    if (failedExpectations.length === 0) return;
    const name = `${plainName(fullName)} (before or after all)`;
    send({ test: { name, status: 'failed', ...failure(failedExpectations) } });
  },
  jasmineDone({ failedExpectations }) {
    if (failedExpectations.length === 0) return;
    const test = { name: '(outside of all tests)', status: 'failed' };
    send({ test: { ...test, ...failure(failedExpectations) } });
  },
});
await jasmineEnv.execute();
const unusedReasons = leftOut
  .filter(({ tests }) => ![...names.values()].some((name) => matches(tests, name)))
  .map(({ tests }) => tests);
process.send({ end: { unusedReasons } }, () => process.exit(0));
