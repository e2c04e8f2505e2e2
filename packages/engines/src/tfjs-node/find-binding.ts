import { dirname } from 'node:path';

import { resolveFromApp } from '../resolve-from-app.js';

/** The npm packages that bind TensorFlow's C library. */
export type BindingPackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/**
 * The folder of an installed binding: in the app in a folder or, failing that, beside segkit.
 * @returns `undefined` if it is not installed.
 */
export function findBinding(name: BindingPackage, app?: string): string | undefined {
  const path = resolveFromApp(`${name}/package.json`, app);
  return path === undefined ? undefined : dirname(path);
}
