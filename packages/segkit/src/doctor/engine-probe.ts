// A process of its own that tries one engine: `engine-probe.js '{"engine": {"name": "ort"}, "plugins": []}'`, started by probe-engine.ts.
import { createApp, EngineError, messageOf, type App } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

import { loadPlugins } from '../cli/load-plugins.js';
import { firstParty } from '../first-party.js';
import { checkSteps, isRight } from './check-step.js';
import type { ProbeMessage, ProbeTask } from './probe-messages.js';
import { timeSteps } from './time-steps.js';

/** Waits until the message is on its way, so that a crash right after cannot swallow it. */
function tell(message: ProbeMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined)
      resolve(void process.stdout.write(`${JSON.stringify(message)}\n`));
    else
      process.send(message, () => {
        resolve();
      });
  });
}

async function openApp(plugins: readonly string[]): Promise<App> {
  const loaded = await loadPlugins(plugins, process.cwd());
  return createApp({
    plugins: [...firstParty, ...loaded.values()],
    logger: { info: () => undefined, warn: (message) => void tell({ type: 'warning', message }) },
  });
}

async function probe({ engine, plugins }: ProbeTask): Promise<void> {
  await tell({ type: 'stage', stage: 'load plugins' });
  const app = await openApp(plugins);
  await tell({ type: 'stage', stage: 'start' });
  const begun = performance.now();
  const started = await app.startEngine(engine);
  const seconds = (performance.now() - begun) / 1e3;
  await tell({ type: 'started', engine: started, backend: tf.getBackend(), seconds });
  if (engine === null) return;
  await tell({ type: 'stage', stage: 'check' });
  const steps = await checkSteps(app);
  await tell({ type: 'checked', steps });
  if (!steps.every(isRight)) return;
  await tell({ type: 'stage', stage: 'time' });
  await tell({ type: 'timed', speed: await timeSteps(app, () => tell({ type: 'step' })) });
}

try {
  await probe(JSON.parse(process.argv[2] ?? '') as ProbeTask);
} catch (error) {
  const notInstalled = error instanceof EngineError && error.notInstalled;
  await tell({ type: 'failed', message: messageOf(error), notInstalled });
}
await tell({ type: 'done' });
// Native libraries may have threads and handles that keep a process alive.
process.exit();
