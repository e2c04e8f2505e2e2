import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { EngineError, messageOf } from '@segkit/core';

import { restoreLegacyUtil } from './legacy-util.js';

/** The npm packages that bind TensorFlow's C library. */
export type BindingPackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/**
 * Imports a TensorFlow binding from the app in the working directory or, failing that, from beside segkit. Its import
 * registers the TensorFlow.js backend `tensorflow`.
 * @throws EngineError if the package is not installed, or if it cannot load its native library.
 */
export async function loadBinding(engine: string, name: BindingPackage): Promise<void> {
  const path = resolveBinding(name);
  if (path === undefined) {
    throw new EngineError(
      `engine ${engine}: the package ${name} is not installed in ${process.cwd()}. ` +
        `Install it with "npm install ${name}", or choose the engine "wasm", which needs no native code.`,
      { notInstalled: true },
    );
  }
  restoreLegacyUtil();
  try {
    await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new EngineError(
      `engine ${engine}: ${name} is installed (${path}) but does not load: ${reason(cause)}. ` +
        `Try "npm rebuild ${name} --build-addon-from-source", or choose the engine "wasm".`,
      { cause },
    );
  }
}

function resolveBinding(name: BindingPackage): string | undefined {
  const origins = [pathToFileURL(join(process.cwd(), 'package.json')), import.meta.url];
  for (const origin of origins) {
    try {
      return createRequire(origin).resolve(name);
    } catch {
      // Not visible from here.
    }
  }
  return undefined;
}

/** The first lines of an error's message; the loader's messages go on with a stack of paths. */
function reason(cause: unknown): string {
  return messageOf(cause)
    .split('\n')
    .slice(0, 2)
    .join(' ')
    .replace(/\.\s*$/, '');
}
