// `kills`: runs that are killed at random moments and resumed until they are done end with the weights of one that never was.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { wholeNumber } from './arguments.js';
import { complain, createReport, rounded } from './report.js';

const command = fileURLToPath(new URL('../packages/segkit/bin/segkit.js', import.meta.url));

const columns = [
  ['engine', ({ engine }) => engine],
  ['runs', ({ runs }) => String(runs)],
  ['kills', ({ kills }) => String(kills)],
  ['resumed from a checkpoint', ({ resumed }) => String(resumed)],
  ['equal to the end', ({ equal }) => String(equal)],
];

/** Everything that a resumed run must take up: dropout, augmentation, shuffling, Adam, a schedule, partial batches. */
function configOf(engine, steps) {
  const cells = { name: 'synthetic-cells', size: 48, radius: 6 };
  return {
    engine,
    data: {
      labels: { classes: ['background', 'cell'] },
      train: { ...cells, count: 5 },
      validation: { ...cells, count: 2, seed: 1 },
    },
    transforms: { train: [{ name: 'random-crop', size: 32 }, 'flip', 'elastic'], validation: [] },
    model: { backbone: { name: 'cbr', width: 4, dropout: 0.5 }, center: 'cbr', decoder: 'unet' },
    loss: 'ce',
    optimizer: { name: 'adam', learningRate: 1e-3 },
    schedule: { name: 'cosine', warmupSteps: 5 },
    train: { steps, batchSize: 2, validateEvery: 4 },
    callbacks: [{ name: 'checkpoint', every: 2 }, 'jsonl-log', 'csv-log', 'early-stopping'],
  };
}

/** Runs the command; kills it after `limit` milliseconds. Resolves to whether it was killed. */
function train(parameters, limit) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, 'train', ...parameters], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (text) => (complaint += text));
    const timer = limit === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0 || signal === 'SIGKILL') resolve(signal !== null);
      else reject(new Error(`segkit train ${parameters.join(' ')}: ${complaint}`));
    });
  });
}

/** The checksums of the last checkpoint's tensors, and its step. */
function endOf(run) {
  const folder = join(run, 'checkpoints');
  const { checkpoint } = JSON.parse(readFileSync(join(folder, 'last.json'), 'utf8')).pointer;
  const { state } = JSON.parse(readFileSync(join(folder, `${checkpoint}.json`), 'utf8'));
  const { weights, optimizer } = state.files;
  return `${checkpoint} ${weights.sha256} ${optimizer.sha256}`;
}

/** Kills and resumes one run until it is done. Resolves to the number of kills and of resumptions from a checkpoint. */
async function survive(config, place, seconds, mostKills) {
  const { folder, name } = place;
  const run = join(folder, name);
  let kills = 0;
  let resumed = 0;
  for (;;) {
    const isRun = existsSync(run);
    if (isRun && existsSync(join(run, 'checkpoints', 'last.json'))) resumed += 1;
    const parameters = isRun
      ? ['--resume', run, '--quiet']
      : [config, '--out', folder, '--name', name, '--quiet'];
    const limit = kills < mostKills ? (0.3 + 0.7 * Math.random()) * seconds * 1000 : undefined;
    if (!(await train(parameters, limit))) return { kills, resumed };
    kills += 1;
  }
}

export const kills = {
  options: {
    count: { type: 'string', default: '100' },
    steps: { type: 'string', default: '20' },
    'most-kills': { type: 'string', default: '3' },
  },
  run: async (values) => {
    const engines = values.engine === undefined ? ['ort', 'wasm'] : [values.engine];
    const count = wholeNumber(values, 'count');
    const report = createReport(values.json, columns);
    for (const engine of engines) {
      const folder = mkdtempSync(join(tmpdir(), 'segkit-kills-'));
      const config = join(folder, 'config.json');
      writeFileSync(config, JSON.stringify(configOf(engine, wholeNumber(values, 'steps'))));
      const start = performance.now();
      await train([config, '--out', folder, '--name', 'whole', '--quiet']);
      const seconds = (performance.now() - start) / 1e3;
      const expected = endOf(join(folder, 'whole'));
      const total = { kills: 0, resumed: 0, equal: 0 };
      for (let i = 0; i < count; i++) {
        const place = { folder, name: `run-${i}` };
        const { kills: times, resumed } = await survive(
          config,
          place,
          seconds,
          wholeNumber(values, 'most-kills'),
        );
        total.kills += times;
        total.resumed += resumed;
        const end = endOf(join(folder, place.name));
        if (end === expected) total.equal += 1;
        else complain(`${engine}, run ${i}: ended with ${end}, not ${expected}.`);
        rmSync(join(folder, place.name), { recursive: true });
      }
      report.add({
        benchmark: 'kills',
        name: `kills/${engine}`,
        engine,
        runs: count,
        ...total,
        seconds: rounded(seconds),
      });
      rmSync(folder, { recursive: true });
    }
    report.end();
  },
};
