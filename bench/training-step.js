// Time of one training step of a base-16 U-Net (16-32-64-128-256 channels, 3x3 conv - batch norm - ReLU twice per level,
// 2x2 transposed convolutions, concatenated skips, 1x1 head, cross-entropy, Adam) on 2 images of 128x128x3.
//
//   npm run build && node bench/training-step.js [--rounds 7] [--size 128] [--batch 2] [--base 16]
//
// Variants, each in a process of its own:
//   segkit             the network built by segkit, engine "wasm"
//   segkit kernels     the network in plain TensorFlow.js, on wasm with registerWasmTrainingKernels()
//   stock              the same plain network on stock tfjs-backend-wasm, with the filter gradient that it lacks composed
//                      of slices and matrix products
//   pytorch 1, 2       the same network in PyTorch on one and two threads (skipped if torch is not importable)
// They take turns step by step, so that whatever else the machine does hits all of them alike. One JSON line each:
// median, fastest and slowest step in seconds, the median of the processor time over all threads (which a busy machine
// distorts less), and the medians' ratios to segkit's.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    size: { type: 'string', default: '128' },
    batch: { type: 'string', default: '2' },
    base: { type: 'string', default: '16' },
  },
});
const shape = [options.base, options.batch, options.size];
const local = (file) => fileURLToPath(new URL(file, import.meta.url));
const python = (threads) => ['python3', [local('training_step.py'), threads, ...shape]];
const node = (file, ...rest) => [process.execPath, [local(file), ...rest, ...shape]];

const commands = {
  segkit: node('training-step-segkit.js'),
  'segkit kernels': node('training-step-tfjs.js', 'segkit'),
  stock: node('training-step-tfjs.js', 'stock'),
  'pytorch 1': python('1'),
  'pytorch 2': python('2'),
};

/** Starts a variant; `step` resolves to the next line it prints, parsed, or to null once it has ended. */
function start([command, args]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done ? null : JSON.parse(value);
  };
  const step = () => {
    child.stdin.write('step\n');
    return next();
  };
  return { ready: next, step, stop: () => child.stdin.end() };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const round = (seconds) => Number(seconds.toFixed(4));

const running = [];
for (const [variant, command] of Object.entries(commands)) {
  const worker = start(command);
  // One after the other: warming up together would slow all of them.
  const info = await worker.ready();
  if (info === null || info.skipped !== undefined) {
    console.log(JSON.stringify({ variant, skipped: info?.skipped ?? 'did not start' }));
    worker.stop();
    continue;
  }
  running.push({ variant, info, worker, steps: [] });
}
for (let i = 0; i < Number(options.rounds); i++) {
  for (const { worker, steps } of running) steps.push(await worker.step());
}
const seconds = ({ steps }) => steps.map((step) => step.seconds);
const cpuSeconds = ({ steps }) => steps.map((step) => step.cpuSeconds);
const [reference] = running;
for (const result of running) {
  result.worker.stop();
  const line = {
    variant: result.variant,
    seconds: round(median(seconds(result))),
    fastest: round(Math.min(...seconds(result))),
    slowest: round(Math.max(...seconds(result))),
    ratio: Number((median(seconds(result)) / median(seconds(reference))).toFixed(2)),
    cpuSeconds: round(median(cpuSeconds(result))),
    cpuRatio: Number((median(cpuSeconds(result)) / median(cpuSeconds(reference))).toFixed(2)),
    ...result.info,
  };
  console.log(JSON.stringify(line));
}
