import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EngineError } from '@segkit/core';
import { expect, test } from 'vitest';

import { queueVersion } from '../operation-queue.js';
import { bindingFile, readState } from './binding-folder.js';
import { findHeaders } from './build-tools.js';
import {
  installTensorflow,
  type Builder,
  type InstallTensorflowOptions,
} from './install-tensorflow.js';
import {
  elf,
  folderOf,
  tensorflowFiles,
  wheelOf,
  zipOf,
  type Files,
} from './small-wheel.test-support.js';
import { installCommand } from './tensorflow-source.js';
import { uninstallTensorflow } from './uninstall-tensorflow.js';

// The command is for Linux, and says so elsewhere.
const onLinux = test.skipIf(process.platform !== 'linux');

const packageFolder = 'node_modules/@tensorflow/tfjs-node';

/** An app with the npm package, as installed without its install script, and more files in it. */
function appWith(files: Files = {}): { app: string; folder: string } {
  const inPackage = { 'package.json': '{}', 'binding.gyp': '{}', 'binding/a.cc': '', ...files };
  const app = folderOf(
    Object.fromEntries(
      Object.entries(inPackage).map(([path, content]) => [`${packageFolder}/${path}`, content]),
    ),
  );
  return { app, folder: join(app, packageFolder) };
}

const report = { tensorflow: '2.21.0', gpu: false };

/** Installs with a build that writes what it found, and a check that is content. */
function install(options: InstallTensorflowOptions, different: Partial<Builder> = {}) {
  const built: string[] = [];
  const installed = installTensorflow(options, {
    findTools: () => ({ nodeGyp: '', nodeHeaders: undefined }),
    build: (folder) => {
      built.push(
        ...readdirSync(join(folder, 'deps/include'), { recursive: true, encoding: 'utf8' }),
      );
      mkdirSync(join(folder, bindingFile, '..'), { recursive: true });
      writeFileSync(join(folder, bindingFile), 'built');
      return Promise.resolve();
    },
    check: () => Promise.resolve(report),
    ...different,
  });
  return { installed, built };
}

const libraries = { 'libtensorflow_cc.so.2': 64, 'libtensorflow_framework.so.2': 64 };

onLinux('from a wheel: library and the headers that are needed, once, and back again', async () => {
  const { app, folder } = appWith();
  const wheel = wheelOf(tensorflowFiles);
  const { installed, built } = install({ app, wheel });
  expect(await installed).toEqual({
    ...{ ...report, queue: queueVersion, libraries, folder, already: false },
    package: '@tensorflow/tfjs-node',
  });
  expect(built.filter((path) => path.endsWith('.h')).sort()).toEqual([
    'tensorflow/c/c_api.h',
    'tensorflow/c/eager/c_api.h',
    'tensorflow/c/tf_status.h',
    'tensorflow/core/platform/ctstring_internal.h',
    'xla/tsl/c/tsl_status.h',
  ]);
  expect(readdirSync(join(folder, 'deps/lib'))).toEqual([
    'libtensorflow.so',
    'libtensorflow_cc.so.2',
    'libtensorflow_framework.so',
    'libtensorflow_framework.so.2',
  ]);
  expect(readFileSync(join(folder, 'deps/lib/libtensorflow.so'))).toEqual(elf());
  expect(readFileSync(join(folder, bindingFile), 'utf8')).toBe('built');
  expect(readState(folder)).toEqual({
    library: 'segkit',
    installed: { ...report, queue: queueVersion, libraries },
  });
  expect(existsSync(join(folder, '.segkit-new'))).toBe(false);

  const again = install({ app, wheel });
  expect((await again.installed).already).toBe(true);
  expect(again.built).toEqual([]);
  expect((await install({ app }).installed).already).toBe(true);

  expect(await uninstallTensorflow({ app })).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['binding', 'binding.gyp', 'package.json']);
  expect(await uninstallTensorflow({ app })).toBe(false);
});

onLinux('a binding without our queue of operations is built again', async () => {
  const { app, folder } = appWith();
  const wheel = wheelOf(tensorflowFiles);
  await install({ app, wheel }).installed;
  const record = join(folder, 'lib/segkit-tensorflow.json');
  const { queue: _queue, ...before } = JSON.parse(readFileSync(record, 'utf8')) as object & {
    readonly queue: number;
  };
  writeFileSync(record, JSON.stringify(before));
  expect(readState(folder)).toEqual({
    library: 'segkit',
    installed: { ...report, queue: 0, libraries },
  });
  expect((await install({ app, wheel }).installed).already).toBe(false);
  expect((await install({ app, wheel }).installed).already).toBe(true);
});

onLinux('from a folder; what npm had installed is kept aside and comes back', async () => {
  const { app, folder } = appWith({ [bindingFile]: "npm's", 'deps/lib/libtensorflow.so': "npm's" });
  expect(readState(folder)).toEqual({ library: 'npm' });
  const site = folderOf(
    Object.fromEntries([
      ...Object.entries(tensorflowFiles).map(([path, content]) => [`tensorflow/${path}`, content]),
      ['nvidia/cudnn/lib/libcudnn.so', 'cuda'],
    ]) as Files,
  );
  await install({ app, from: join(site, 'tensorflow') }).installed;
  expect(readState(folder).library).toBe('segkit');
  // The library looks for CUDA's beside its folder.
  expect(readFileSync(join(folder, 'deps/nvidia/cudnn/lib/libcudnn.so'), 'utf8')).toBe('cuda');
  // Another one takes its place; the first one's is still kept.
  const other = { ...tensorflowFiles, 'libtensorflow_cc.so.2': Buffer.concat([elf(), elf()]) };
  expect((await install({ app, from: folderOf(other) }).installed).already).toBe(false);
  expect(await uninstallTensorflow({ app })).toBe(true);
  expect(readFileSync(join(folder, bindingFile), 'utf8')).toBe("npm's");
  expect(readFileSync(join(folder, 'deps/lib/libtensorflow.so'), 'utf8')).toBe("npm's");
});

onLinux(
  'an archive of libtensorflow has other names, and its own folder for libraries',
  async () => {
    const { app, folder } = appWith();
    const {
      'libtensorflow_cc.so.2': library,
      'libtensorflow_framework.so.2': framework,
      ...headers
    } = tensorflowFiles;
    const archive = {
      'lib/libtensorflow.so.2': library ?? '',
      'lib/libtensorflow_framework.so.2': framework ?? '',
    };
    await install({ app, from: folderOf({ ...headers, ...archive }) }).installed;
    expect(readdirSync(join(folder, 'deps/lib'))).toContain('libtensorflow.so.2');
  },
);

onLinux.each([
  [
    'a build that fails',
    { build: () => Promise.reject(new EngineError('no compiler')) },
    /no compiler/,
  ],
  [
    'a check that fails',
    { check: () => Promise.reject(new EngineError('GLIBC_2.99')) },
    /GLIBC_2\.99/,
  ],
] as const)('%s leaves everything as it was', async (_, builder, message) => {
  const { app, folder } = appWith({ [bindingFile]: "npm's" });
  const before = readdirSync(folder, { recursive: true });
  await expect(
    install({ app, wheel: wheelOf(tensorflowFiles) }, builder).installed,
  ).rejects.toThrow(message);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});

onLinux('an interrupted installation is repaired by the next one', async () => {
  const { app, folder } = appWith({
    // npm's binding had been moved away, and the new dependencies were there; the binding was not.
    [`.segkit-stock/${bindingFile}`]: "npm's",
    'deps/segkit-tensorflow.json': '{}',
    'deps/lib/libtensorflow_cc.so.2': 'ours',
    '.segkit-new/lib/left': '',
  });
  expect(readState(folder)).toEqual({ library: 'none' });
  await install({ app, wheel: wheelOf(tensorflowFiles) }).installed;
  expect(readState(folder).library).toBe('segkit');
  await uninstallTensorflow({ app });
  expect(readFileSync(join(folder, bindingFile), 'utf8')).toBe("npm's");
});

/** Wheels and folders that cannot be taken, and what is said. */
const { 'libtensorflow_framework.so.2': _framework, ...withoutFramework } = tensorflowFiles;
const { 'include/tensorflow/c/c_api.h': _header, ...withoutHeader } = tensorflowFiles;
const bad: readonly (readonly [name: string, wheel: () => string, message: RegExp])[] = [
  [
    'no zip',
    () => join(folderOf({ 'a.whl': 'text' }), 'a.whl'),
    /a\.whl is not a whole wheel: .*download it again/,
  ],
  [
    'a wheel that is cut short',
    () => {
      const whole = readFileSync(wheelOf(tensorflowFiles));
      return join(folderOf({ 'a.whl': whole.subarray(0, whole.length / 2) }), 'a.whl');
    },
    /is not a whole wheel/,
  ],
  [
    'changed bytes',
    () => {
      const whole = readFileSync(wheelOf(tensorflowFiles));
      // In the first file's content, after its header of 30 bytes and its name.
      whole[30 + 'tensorflow/libtensorflow_cc.so.2'.length + 40] = 1;
      return join(folderOf({ 'a.whl': whole }), 'a.whl');
    },
    /CRC-32 of tensorflow\/libtensorflow_cc\.so\.2 is another one/,
  ],
  [
    'a file twice',
    () => {
      const name = 'tensorflow/libtensorflow_cc.so.2';
      return join(
        folderOf({
          'a.whl': zipOf([
            [name, elf()],
            [name, 'other'],
          ]),
        }),
        'a.whl',
      );
    },
    /holds tensorflow\/libtensorflow_cc\.so\.2 twice/,
  ],
  [
    'names that lead out',
    () => join(folderOf({ 'a.whl': zipOf([['../a.h', '']]) }), 'a.whl'),
    /invalid relative path/,
  ],
  [
    'headers that lead out',
    () =>
      wheelOf({
        ...tensorflowFiles,
        'include/tensorflow/c/c_api.h': '#include "../../../../a.h"\n',
      }),
    /c_api\.h includes "\.\.\/\.\.\/\.\.\/\.\.\/a\.h", which is no plain path/,
  ],
  [
    'another wheel',
    () => wheelOf({ 'numpy.py': '' }),
    /must hold libtensorflow_cc\.so\.2 .*found neither/,
  ],
  ['half a TensorFlow', () => wheelOf(withoutFramework), /found libtensorflow_cc\.so\.2;/],
  ['no headers', () => wheelOf(withoutHeader), /holds no header tensorflow\/c\/c_api\.h/],
  [
    "another processor's library",
    () => wheelOf({ ...tensorflowFiles, 'libtensorflow_cc.so.2': elf(8) }),
    /built for another processor \(ELF machine 8\)/,
  ],
  [
    'no library',
    () => wheelOf({ ...tensorflowFiles, 'libtensorflow_cc.so.2': 'text' }),
    /is no library of Linux/,
  ],
];

onLinux.each(bad)('%s: an error that says so, and nothing changed', async (_, wheel, message) => {
  const { app, folder } = appWith();
  const file = wheel();
  const before = readdirSync(app, { recursive: true });
  const { installed } = install({ app, wheel: file });
  await expect(installed).rejects.toThrow(EngineError);
  await expect(installed).rejects.toThrow(message);
  await expect(installed).rejects.toThrow(installCommand);
  expect(readdirSync(app, { recursive: true })).toEqual(before);
  expect(readState(folder)).toEqual({ library: 'none' });
});

onLinux('what the user has to do first', async () => {
  const { app } = appWith();
  const told = (options: InstallTensorflowOptions) => expect(install(options).installed).rejects;
  await told({ app }).toThrow(/pip download --no-deps tensorflow/);
  await told({ app, wheel: 'a', from: 'b' }).toThrow(/expected --wheel or --from/);
  await told({ app, gpu: true }).toThrow(/npm install @tensorflow\/tfjs-node-gpu/);
  await told({ app, from: join(app, 'none') }).toThrow(/there is no folder/);
});

test("Node's headers, where the user says that they are", () => {
  const headers = folderOf({ 'include/node/node_api.h': '' });
  expect(findHeaders(headers)).toBe(headers);
  expect(() => findHeaders(join(headers, 'include'))).toThrow(
    /must hold include\/node\/node_api\.h/,
  );
});
