// What a stranger does: install the packed packages into an empty folder, compile with `tsc --strict`, run.
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { copyFile, rm, truncate } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runCommand, tryCommand } from './packed.js';
import { arrive, install } from './stranger.js';

let folder: string;

beforeAll(async () => {
  folder = await arrive();
  await install(folder);
  await runCommand('npx', ['tsc', '-p', '.'], folder);
}, 600_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const inFolder = (...names: string[]) => join(folder, 'node_modules', 'onnxruntime-node', ...names);
const node = (...args: string[]) => tryCommand('node', args, folder);
const repair = platform() === 'win32' ? 'npm install' : 'ONNXRUNTIME_NODE_INSTALL=skip npm install';

// npm before 12 runs install scripts, and that of onnxruntime-node downloads something on Linux x64 alone.
test('a plain install succeeds, and has the native library unless npm let its script fail', async () => {
  const version = await runCommand('npm', ['--version'], folder);
  const scriptFails = Number.parseInt(version) < 12 && platform() === 'linux' && arch() === 'x64';
  expect(existsSync(inFolder())).toBe(!scriptFails);
});

test('without the native library the command trains on wasm, with one warning that tells the repair', async () => {
  await rm(inFolder(), { recursive: true, force: true });
  const args = ['segkit', 'train', 'segkit.config.ts', '--json', '--quiet', '--name', 'on-wasm'];
  const { code, stderr } = await tryCommand('npx', args, folder);
  expect(code, stderr).toBe(0);
  const warnings = stderr.split('\n').filter((line) => /warning|failed|error/i.test(line));
  expect(warnings).toEqual([
    expect.stringContaining('engine ort: the package onnxruntime-node is not installed.'),
  ]);
  expect(warnings[0]).toContain(`Install it with "${repair}".`);
  expect(warnings[0]).toMatch(/Trying the next engine\.$/);
  const record = JSON.parse(readFileSync(join(folder, 'runs/on-wasm/run.json'), 'utf8')) as unknown;
  expect(record).toMatchObject({ engine: 'wasm' });
});

test('without the native library the engine ort, asked for, is an error that tells the repair', async () => {
  const args = ['segkit', 'train', 'segkit.config.ts', '--quiet', '--set', 'engine=ort'];
  const { code, stderr } = await tryCommand('npx', args, folder);
  expect(code).toBe(1);
  expect(stderr).toContain('engine ort: the package onnxruntime-node is not installed.');
  expect(stderr).toContain(repair);
});

test('without the native library a TensorFlow.js program hears why the backend ort does not start', async () => {
  const { code, stdout, stderr } = await node('out/plain-tfjs.js');
  expect(code, stderr).toBe(0);
  // TensorFlow.js goes on with the next backend.
  expect(stdout).toBe('false 2,3 cpu\n');
  expect(stderr).toContain('Initialization of backend ort failed');
  expect(stderr).toContain('backend ort: the package onnxruntime-node is not installed.');
  expect(stderr).toContain(repair);
});

test('the command in the message installs it, and ort is the engine', async () => {
  await install(folder, { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  const { stdout, stderr } = await node('out/engine.js');
  expect(stderr).toBe('');
  expect(stdout).toBe('ort ort 2,3\n');
  expect((await node('out/plain-tfjs.js')).stdout).toBe('true 2,3 ort\n');
});

test('own plugins compile under tsc --strict, typos are compile errors, and the program trains', async () => {
  const output = await runCommand('node', ['out/app.js'], folder);
  expect(output).toMatch(/^engine ort$/m);
  expect(output.match(/^step \d loss [\d.]+$/gm)).toHaveLength(2);
  expect(output).toMatch(/^meanIoU 0\.\d+$/m);
  expect(output.trimEnd().endsWith('done')).toBe(true);
}, 300_000);

test('the command is installed and works', async () => {
  const version = await runCommand('npx', ['segkit', '--version'], folder);
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  const plugins = JSON.parse(
    await runCommand('npx', ['segkit', 'plugins', '--json'], folder),
  ) as unknown;
  expect(JSON.stringify(plugins)).toContain('"resnet18"');
}, 120_000);

test('the doctor finds an engine correct, and times it', async () => {
  const output = await runCommand('npx', ['segkit', 'doctor', '--engine', 'ort', '--json'], folder);
  const { auto, engines } = JSON.parse(output) as Record<string, unknown>;
  expect(auto).toBe('ort');
  expect(engines).toMatchObject([
    {
      name: 'ort',
      starts: true,
      reason: null,
      correct: true,
      speed: { batch: expect.any(Number) as number },
    },
  ]);
}, 120_000);

test('a TypeScript config with a plugin of its own trains, evaluates and predicts', async () => {
  const segkit = (...args: string[]) => runCommand('npx', ['segkit', ...args], folder);
  const trained = JSON.parse(
    await segkit('train', 'segkit.config.ts', '--json', '--quiet'),
  ) as unknown;
  expect(trained).toMatchObject({ steps: 2, reason: 'completed' });
  const [start = ''] = readFileSync(join(folder, 'runs/stranger/events.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(start)).toMatchObject({ type: 'run-start', loaderThreads: 1 });
  const evaluated = JSON.parse(await segkit('evaluate', 'runs/stranger', '--json')) as unknown;
  expect(evaluated).toMatchObject({
    images: 2,
    classes: [{ name: 'background' }, { name: 'cell' }],
  });
  const image = { create: { width: 30, height: 21, channels: 3, background: 'gray' } } as const;
  await sharp(image).png().toFile(join(folder, 'photo.png'));
  await segkit('predict', 'runs/stranger', 'photo.png', '--out', 'maps', '--overlay');
  expect(readdirSync(join(folder, 'maps'))).toEqual(['photo-overlay.png', 'photo.png']);
}, 120_000);

const library = () => inFolder('bin', 'napi-v6', 'linux', arch(), 'libonnxruntime.so.1');

// Cut short anywhere, the library kills a process that loads it; the others are refused by the system's loader.
test.skipIf(platform() !== 'linux').each([
  ['cut short', (path: string) => truncate(path, 1_000_000)],
  ['empty', (path: string) => truncate(path, 0)],
  ['removed', (path: string) => rm(path)],
])(
  'a native library that is %s is named, and the next engine runs',
  async (_, damage) => {
    const path = library();
    const kept = join(folder, 'kept-library');
    await copyFile(path, kept);
    try {
      await damage(path);
      const { code, stdout, stderr } = await node('out/engine.js');
      expect(code, stderr).toBe(0);
      expect(stdout).toBe('wasm wasm 2,3\n');
      const lines = stderr.trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^warning: engine ort: onnxruntime-node does not load on /);
      expect(lines[0]).toContain('libonnxruntime.so.1');
      expect(lines[0]).toContain(`Delete ${inFolder()} and run "${repair}".`);
      const named = await node('out/engine.js', 'ort');
      expect(named.code).toBe(1);
      expect(named.stderr).toContain('EngineError: engine ort: onnxruntime-node does not load on ');
      const doctor = await tryCommand(
        'npx',
        ['segkit', 'doctor', '--json', '--engine', 'ort'],
        folder,
      );
      expect(doctor.code, doctor.stderr).toBe(1);
      const { auto, engines, advice } = JSON.parse(doctor.stdout) as Record<string, unknown>;
      expect({ auto, advice }).toMatchObject({
        auto: 'wasm',
        advice: { command: `rm -r ${inFolder()} && ${repair}` },
      });
      expect(engines).toMatchObject([
        {
          name: 'ort',
          starts: false,
          reason: expect.stringContaining('libonnxruntime.so.1') as string,
        },
      ]);
    } finally {
      renameSync(kept, path);
    }
  },
  180_000,
);

test('that repair works: the folder deleted, the command run', async () => {
  await rm(inFolder(), { recursive: true });
  await install(folder, { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  expect((await node('out/engine.js')).stdout).toBe('ort ort 2,3\n');
}, 120_000);
