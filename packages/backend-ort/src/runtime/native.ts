import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { messageOf, RuntimeUnavailableError } from '../errors.js';
import { expectWholeLibraries } from './whole-libraries.js';

/** A tensor as ONNX Runtime takes it: a view of the array, no copy. */
export type OnnxTensor = object;

/** Options of a session, as `onnxruntime-node` takes them. */
export type SessionOptions = Readonly<Record<string, unknown>>;

/** A loaded graph. Runs synchronously; given outputs are written in place. */
export interface NativeSession {
  loadModel(
    buffer: ArrayBuffer,
    byteOffset: number,
    byteLength: number,
    options: SessionOptions,
  ): void;
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: Readonly<Record<string, OnnxTensor | null>>,
    options: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, OnnxTensor>>;
  endProfiling(): void;
  dispose(): void;
}

/** The native library. */
export interface NativeRuntime {
  readonly version: string;
  createSession(): NativeSession;
  tensor(dtype: string, array: ArrayBufferView, shape: readonly number[]): OnnxTensor;
  /** Execution providers that this build of the library has, by ONNX Runtime's short names. */
  readonly providers: readonly string[];
}

interface Binding {
  readonly InferenceSession: new () => NativeSession;
  listSupportedBackends(): readonly { readonly name: string }[];
}

interface BindingModule {
  readonly binding: Binding;
  initOrt(): void;
}

interface CommonModule {
  readonly Tensor: new (
    dtype: string,
    array: ArrayBufferView,
    shape: readonly number[],
  ) => OnnxTensor;
}

/** What `onnxruntime-node` has libraries for. */
const platforms = ['win32/x64', 'win32/arm64', 'darwin/arm64', 'linux/x64', 'linux/arm64'];
const platform = `${process.platform}/${process.arch}`;

/** Its install script does nothing under Windows, whose command line does not take the variable. */
const install =
  process.platform === 'win32' ? 'npm install' : 'ONNXRUNTIME_NODE_INSTALL=skip npm install';

let loaded: NativeRuntime | undefined;

/**
 * Loads `onnxruntime-node`, once. Its public `run` answers on a later turn of the event loop, which cannot serve
 * `dataSync`; so the synchronous binding beneath it is used, which does the same work on the same thread.
 * @throws RuntimeUnavailableError if the package or its native library is missing or broken.
 */
export function loadRuntime(): NativeRuntime {
  loaded ??= createRuntime();
  return loaded;
}

function createRuntime(): NativeRuntime {
  const require = createRequire(import.meta.url);
  const path = resolvePackage(require);
  const { binding, common, version } = loadLibrary(require, path);
  return {
    version,
    createSession: () => new binding.InferenceSession(),
    tensor: (dtype, array, shape) => new common.Tensor(dtype, array, shape),
    providers: binding.listSupportedBackends().map(({ name }) => name),
  };
}

function resolvePackage(require: NodeJS.Require): string {
  try {
    return require.resolve('onnxruntime-node/package.json');
  } catch (cause) {
    const absent =
      'the package onnxruntime-node is not installed. npm leaves it out, and says nothing, where its install script ' +
      'cannot download CUDA libraries, which the processor does not need, and with --omit=optional. ' +
      `Install it with "${install}".`;
    const reason = platforms.includes(platform) ? absent : noLibrary();
    throw new RuntimeUnavailableError(reason, { cause, notInstalled: true });
  }
}

function loadLibrary(
  require: NodeJS.Require,
  packagePath: string,
): { binding: Binding; common: CommonModule; version: string } {
  const folder = dirname(packagePath);
  try {
    if (process.platform === 'linux') {
      expectWholeLibraries(join(folder, 'bin', 'napi-v6', process.platform, process.arch));
    }
    const { version } = require(packagePath) as { version: string };
    const module = require(join(folder, 'dist', 'binding.js')) as BindingModule;
    // Its own copy: the native code tells tensors by their constructor.
    const common = createRequire(packagePath)('onnxruntime-common') as CommonModule;
    module.initOrt();
    return { binding: module.binding, common, version };
  } catch (cause) {
    throw new RuntimeUnavailableError(explain(folder, firstLine(messageOf(cause))), { cause });
  }
}

function explain(folder: string, failure: string): string {
  if (!platforms.includes(platform)) return noLibrary();
  // The system's loader takes the library that another copy of the package has brought into the process.
  if (failure.includes('VERS_')) {
    return (
      `another version of onnxruntime-node is in use in this process: ${failure}. ` +
      'Use one version; "npm ls onnxruntime-node" tells who asks for which.'
    );
  }
  return damaged(folder, failure);
}

function noLibrary(): string {
  return `onnxruntime-node has no library for ${platform}, only for ${platforms.join(', ')}.`;
}

function damaged(folder: string, failure: string): string {
  return `onnxruntime-node does not load on ${platform}: ${failure}. Delete ${folder} and run "${install}".`;
}

/** Loaders' messages go on with a list of paths. */
function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.\s*$/, '');
}
