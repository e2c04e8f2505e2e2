import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { EngineError, messageOf, registerGradients } from '@segkit/core';

import { findBinding, type BindingPackage } from './find-binding.js';
import { restoreLegacyUtil } from './legacy-util.js';
import { prepareBackend } from './prepare-backend.js';

/**
 * Imports a TensorFlow binding from the app in the working directory or, failing that, from beside segkit. Its import
 * registers the TensorFlow.js backend `tensorflow`; our kernels and gradients are put on top.
 * @throws EngineError if the package is not installed, or if it cannot load its native library.
 */
export async function loadBinding(engine: string, name: BindingPackage): Promise<void> {
  const folder = findBinding(name);
  if (folder === undefined) {
    throw new EngineError(
      `engine ${engine}: the package ${name} is not installed in ${process.cwd()}. ` +
        `Install it with "npm install ${name}", or choose the engine "wasm", which needs no native code.`,
      { notInstalled: true },
    );
  }
  restoreLegacyUtil();
  // TensorFlow tells on the console what it is built for; warnings stay.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  try {
    await import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(folder)).href);
  } catch (cause) {
    const gpu = name === '@tensorflow/tfjs-node-gpu' ? ' --gpu' : '';
    throw new EngineError(
      `engine ${engine}: ${name} is installed (${folder}) but does not load: ${reason(cause)}. ` +
        `Give it a current TensorFlow with "npx segkit engines install-tensorflow${gpu}", or choose the engine "wasm".`,
      { cause },
    );
  }
  prepareBackend(folder);
  // It brings tfjs's gradients, which took the place of ours.
  await registerGradients();
}

/** The first lines of an error's message; the loader's messages go on with a stack of paths. */
function reason(cause: unknown): string {
  return messageOf(cause)
    .split('\n')
    .slice(0, 2)
    .join(' ')
    .replace(/\.\s*$/, '');
}
