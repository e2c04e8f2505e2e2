// Runs what must hold on every engine on one: npm run test:engine -- <tfjs-node|webgpu|wasm|ort> [--required]
//
// The component contract suites, the networks beside PyTorch's, training with every combination of parts, and tfjs-core's
// own op tests. Where the engine does not start, because its pieces are not installed, that is told and counts as skipped;
// with --required it is a failure. The last line is `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

const suites = [
  ...['backbones', 'heads', 'losses', 'metrics'].map((name) => `packages/${name}/src`),
  ...['nn', 'ops', 'optim', 'model', 'testing'].map((name) => `packages/core/src/${name}`),
  'packages/engines/src/tfjs-node/kernels',
  'packages/engines/src/tfjs-node/operation-queue.test.ts',
  'test/networks',
  'test/matrix.test.ts',
  'test/model-sizes.test.ts',
];

const { values, positionals } = parseArgs({
  options: { required: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [engine] = positionals;
if (engine === undefined || positionals.length > 1) {
  console.error(
    'usage: npm run test:engine -- <tfjs-node|tfjs-node-gpu|webgpu|wasm|ort> [--required]',
  );
  process.exit(2);
}

/** Where Debian's package `chromium` has SwiftShader, a GPU imitated by the processor: added to what drivers there are. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (engine === 'webgpu' && existsSync(swiftShader)) process.env.VK_ADD_DRIVER_FILES ??= swiftShader;

/** Runs a command with its output shown; resolves to its exit code and what it wrote to stdout. */
function run(command, args, { quiet = false, variables = {} } = {}) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, SEGKIT_TEST_ENGINE: engine, FORCE_COLOR: '0', ...variables };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      out = (out + chunk).slice(-10_000);
      if (!quiet) process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out }));
  });
}

/** `N passed, N failed[, N skipped]` of a run's last line. */
function countsOf({ code, out }) {
  const [, passed, failed, skipped] =
    /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(out) ?? [];
  if (passed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const counts = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
  // What ends badly without a failed test has failed all the same.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const started = await run('node', ['scripts/try-engine.js'], { quiet: true });
if (started.code !== 0) {
  const isSkipped = started.code === 3 && !values.required;
  console.log(`${engine} does not start: ${started.out.trim() || 'see above.'}`);
  console.log(isSkipped ? '0 passed, 0 failed, 1 skipped' : '0 passed, 1 failed, 0 skipped');
  process.exit(isSkipped ? 0 : 1);
}

const backend = engine === 'tfjs-node-gpu' ? 'tfjs-node' : engine;
const vitest = ['vitest', 'run', '--testTimeout', '600000'];
const opTests = 'packages/backend-ort/test-suite/run.js';
const parts = [
  { name: 'components and networks', command: 'npx', args: [...vitest, ...suites] },
  {
    name: 'presets at full width',
    command: 'npx',
    args: [...vitest, 'test/named-networks'],
    // With oneDNN, TensorFlow's default, gradients of unet-2015 are up to 0.8 % from PyTorch's; with TensorFlow's own
    // convolutions all are within the tolerance.
    variables: { TF_ENABLE_ONEDNN_OPTS: '0' },
  },
  { name: "tfjs-core's op tests", command: 'node', args: [opTests, '--backend', backend] },
];
if (engine === 'webgpu') {
  console.log(
    'webgpu: fewer networks of the matrix, and presets at full width up to 3 thousand million multiply-adds: SwiftShader ' +
      'does some 60 million in a second. The other presets count as skipped.',
  );
}
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
for (const { name, command, args, variables } of parts) {
  const counts = countsOf(await run(command, args, { variables }));
  const { passed, failed, skipped } = counts;
  for (const status of Object.keys(total)) total[status] += counts[status];
  summary.push(`${engine}, ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
}
console.log(summary.join('\n'));
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
