// Trains a few steps on an engine with real Nodes of several versions, which the npm registry has:
//
//   node scripts/node-versions.js <engine> [version ...]     default: 20 22 24
//
// Prints a line for each, and at last `N passed, N failed, N skipped`; a Node that cannot be installed is skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [engine, ...given] = process.argv.slice(2);
if (engine === undefined) {
  console.error('usage: node scripts/node-versions.js <engine> [version ...]');
  process.exit(2);
}
const versions = given.length > 0 ? given : ['20', '22', '24'];
const folder = mkdtempSync(join(tmpdir(), 'segkit-nodes-'));
const total = { passed: 0, failed: 0, skipped: 0 };

/** The program of a Node of this version, or `undefined` if npm cannot install it. */
function installNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, version);
  const args = ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status } = spawnSync('npm', [...args, `${name}@${version}`], { stdio: 'ignore' });
  return status === 0 ? join(prefix, 'node_modules', name, 'bin/node') : undefined;
}

try {
  for (const version of versions) {
    const node = installNode(version);
    if (node === undefined) {
      total.skipped++;
      console.log(`Node ${version}: npm cannot install it`);
      continue;
    }
    const env = { ...process.env, SEGKIT_TEST_ENGINE: engine };
    const run = spawnSync(node, ['scripts/train-on-engine.js'], { env, encoding: 'utf8' });
    const said = run.stdout.trim() || run.stderr.trim().split('\n').slice(-3).join(' ');
    const isGood = run.status === 0;
    total[isGood ? 'passed' : 'failed']++;
    console.log(`Node ${version}, ${engine}: ${isGood ? 'trains' : 'FAILED'}, ${said}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
