import { findBinding } from '../find-binding.js';
import { takeOut } from './binding-folder.js';
import { bindingPackage } from './install-tensorflow.js';

/** Which binding is meant. */
export interface UninstallTensorflowOptions {
  /** `@tensorflow/tfjs-node-gpu` instead of `@tensorflow/tfjs-node`. Default: false. */
  readonly gpu?: boolean;
  /** Folder of the app that has the npm package. Default: the working directory. */
  readonly app?: string;
}

/**
 * Takes out what {@link installTensorflow} installed, and puts back what was there before.
 * @returns Whether there was anything to take out.
 */
export async function uninstallTensorflow({
  gpu = false,
  app = process.cwd(),
}: UninstallTensorflowOptions = {}): Promise<boolean> {
  const folder = findBinding(bindingPackage(gpu), app);
  return folder !== undefined && takeOut(folder);
}
