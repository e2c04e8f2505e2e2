import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, statfs, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { findBinding, type BindingPackage } from '../find-binding.js';
import { queueVersion } from '../operation-queue.js';
import {
  hasQueue,
  names,
  putInPlace,
  readState,
  type InstalledTensorflow,
} from './binding-folder.js';
import { buildBinding } from './build-binding.js';
import { findBuildTools, type BuildTools } from './build-tools.js';
import { copyHeaders } from './copy-headers.js';
import { openFolder } from './folder-source.js';
import { chooseLibraries, expectOwnLibrary } from './libraries.js';
import { downloadAdvice } from './download-advice.js';
import { runCheck, type CheckReport } from './run-check.js';
import { installError, type TensorflowSource } from './tensorflow-source.js';
import { openWheel } from './wheel-source.js';

/** How TensorFlow is installed. */
export interface InstallTensorflowOptions {
  /** A wheel of TensorFlow; its version of Python does not matter. */
  readonly wheel?: string;
  /** Instead of it, the folder of an installed TensorFlow, or of an unpacked archive of libtensorflow. */
  readonly from?: string;
  /** Into `@tensorflow/tfjs-node-gpu` instead of `@tensorflow/tfjs-node`. Default: false. */
  readonly gpu?: boolean;
  /** Folder above `include/node` of a Node's headers. Default: of the running Node, or what node-gyp downloads. */
  readonly nodeHeaders?: string;
  /** Folder of the app that has the npm package. Default: the working directory. */
  readonly app?: string;
  /** Hears what is being done. */
  readonly onMessage?: (message: string) => void;
}

/** How a binding is built and checked; tests of the installation have their own. */
export interface Builder {
  readonly findTools: (app: string, nodeHeaders: string | undefined) => BuildTools;
  readonly build: (folder: string, tools: BuildTools) => Promise<void>;
  readonly check: (folder: string) => Promise<CheckReport>;
}

const nodeGypBuilder: Builder = {
  findTools: findBuildTools,
  build: buildBinding,
  check: runCheck,
};

/** What was installed where. */
export interface TensorflowInstallation extends InstalledTensorflow {
  /** The npm package. */
  readonly package: BindingPackage;
  readonly folder: string;
  /** Whether it was there before. */
  readonly already: boolean;
}

/** The npm package that a command means. */
export function bindingPackage(gpu: boolean): BindingPackage {
  return gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
}

/**
 * Gives the installed `@tensorflow/tfjs-node` another TensorFlow: takes the C library and its headers from a wheel or a
 * folder, builds the binding from source, and lets it make a training step, all of it aside, before it takes the place of
 * what is there. A second call with the same TensorFlow changes nothing; {@link uninstallTensorflow} puts back what was there.
 * @throws EngineError saying what is missing, and how to get it.
 */
export async function installTensorflow(
  {
    wheel,
    from,
    gpu = false,
    nodeHeaders,
    app = process.cwd(),
    onMessage = () => undefined,
  }: InstallTensorflowOptions,
  builder: Builder = nodeGypBuilder,
): Promise<TensorflowInstallation> {
  if (process.platform !== 'linux') {
    throw installError(
      `TensorFlow's wheels are fitted to the binding under Linux alone, and this is ${process.platform}; ` +
        'run "npm rebuild @tensorflow/tfjs-node --build-addon-from-source", or use another engine.',
    );
  }
  const name = bindingPackage(gpu);
  const folder = findBinding(name, app);
  if (folder === undefined) {
    throw installError(
      `the package ${name} is not installed in ${app}; run "npm install ${name}", with --ignore-scripts where its own ` +
        'download of TensorFlow is out of reach.',
    );
  }
  const state = readState(folder);
  const already = (installed: InstalledTensorflow): TensorflowInstallation => ({
    ...installed,
    ...{ package: name, folder, already: true },
  });
  if ((wheel === undefined) === (from === undefined)) {
    if (wheel === undefined && state.library === 'segkit') return already(state.installed);
    throw installError(downloadAdvice(gpu));
  }
  const source =
    wheel === undefined ? await openFolder(resolve(from ?? '')) : await openWheel(wheel);
  try {
    const libraries = chooseLibraries(source.libraries, source.label);
    const bytes = Object.fromEntries(
      libraries.map((library) => [library.name, source.libraries.get(library.name) ?? 0]),
    );
    if (hasQueue(state) && hasSame(state.installed.libraries, bytes)) {
      return already(state.installed);
    }
    const tools = builder.findTools(app, nodeHeaders);
    await expectSpace(
      folder,
      Object.values(bytes).reduce((sum, size) => sum + size, 0),
    );
    const staging = await makeStaging(folder);
    try {
      onMessage(`copying TensorFlow from ${source.label}`);
      await copyTensorflow(source, join(staging, names.dependencies));
      if (from !== undefined) await linkCuda(resolve(from), join(staging, names.dependencies));
      onMessage('building the binding (about a minute)');
      await builder.build(staging, tools);
      onMessage('checking it with a training step');
      const report = await builder.check(staging);
      const installed = { ...report, queue: queueVersion, libraries: bytes };
      await putInPlace(folder, installed);
      return { ...installed, package: name, folder, already: false };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  } finally {
    await source.close();
  }
}

function hasSame(
  installed: Readonly<Record<string, number>>,
  given: Readonly<Record<string, number>>,
): boolean {
  const keys = Object.keys(given);
  return (
    keys.length === Object.keys(installed).length &&
    keys.every((key) => installed[key] === given[key])
  );
}

async function expectSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free > bytes + 100e6) return;
  const inMegabytes = (size: number): string => `${(size / 1e6).toFixed(0)} MB`;
  throw installError(
    `TensorFlow takes ${inMegabytes(bytes)} in ${folder}, where ${inMegabytes(free)} are free.`,
  );
}

/** A copy of the npm package without its TensorFlow, in which everything is made and tried. */
async function makeStaging(folder: string): Promise<string> {
  const staging = join(folder, names.staging);
  // Of an installation that was interrupted.
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  const left: readonly string[] = [...Object.values(names), 'build', 'node_modules'];
  for (const entry of await readdir(folder)) {
    if (left.includes(entry)) continue;
    await cp(join(folder, entry), join(staging, entry), { recursive: true });
  }
  return staging;
}

/** `include` and `lib` as binding.gyp expects them. */
async function copyTensorflow(source: TensorflowSource, to: string): Promise<void> {
  await copyHeaders(source, join(to, 'include'));
  const folder = join(to, 'lib');
  await mkdir(folder, { recursive: true });
  for (const { name, linkName } of chooseLibraries(source.libraries, source.label)) {
    await source.copyLibrary(name, join(folder, name));
    await expectOwnLibrary(join(folder, name));
    await symlink(name, join(folder, linkName));
  }
}

/** The library looks for those of CUDA in `../nvidia`, where pip puts them beside an installed TensorFlow. */
async function linkCuda(from: string, to: string): Promise<void> {
  const cuda = [join(from, '../nvidia'), join(from, 'nvidia')].find((path) => existsSync(path));
  if (cuda !== undefined) await symlink(cuda, join(to, 'nvidia'));
}
