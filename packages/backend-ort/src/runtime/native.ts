import { createRequire } from 'node:module';
import { join } from 'node:path';

import { messageOf, RuntimeUnavailableError } from '../errors.js';

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
  ): unknown;
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

const repair = 'Repair the installation with "ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node".';

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
    throw new RuntimeUnavailableError(
      'backend ort: the package onnxruntime-node is not installed; its own install script may have failed ' +
        `because it could not download CUDA libraries, which the processor does not need. ${repair}`,
      { cause, notInstalled: true },
    );
  }
}

function loadLibrary(
  require: NodeJS.Require,
  packagePath: string,
): { binding: Binding; common: CommonModule; version: string } {
  const platform = `${process.platform}/${process.arch}`;
  try {
    const { version } = require(packagePath) as { version: string };
    const module = require(join(packagePath, '..', 'dist', 'binding.js')) as BindingModule;
    // Its own copy: the native code tells tensors by their constructor.
    const common = createRequire(packagePath)('onnxruntime-common') as CommonModule;
    module.initOrt();
    return { binding: module.binding, common, version };
  } catch (cause) {
    const library = join(packagePath, '..', 'bin', 'napi-v6', process.platform, process.arch);
    throw new RuntimeUnavailableError(
      `backend ort: onnxruntime-node (${packagePath}) does not load on ${platform}: ` +
        `${firstLine(messageOf(cause))}. Expected its native library in ${library}. ${repair}`,
      { cause },
    );
  }
}

/** Loaders' messages go on with a list of paths. */
function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.\s*$/, '');
}
