import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The npm packages that bind TensorFlow's C library. */
export type BindingPackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/**
 * The folder of an installed binding: in the app in a folder or, failing that, beside segkit.
 * @returns `undefined` if it is not installed.
 */
export function findBinding(name: BindingPackage, app = process.cwd()): string | undefined {
  const origins = [pathToFileURL(join(app, 'package.json')), import.meta.url];
  for (const origin of origins) {
    try {
      return dirname(createRequire(origin).resolve(`${name}/package.json`));
    } catch {
      // Not visible from here.
    }
  }
  return undefined;
}
