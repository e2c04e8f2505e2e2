import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as z from 'zod';

import { queueVersion } from '../operation-queue.js';

/** Names below the folder of a binding's npm package. */
export const names = {
  /** TensorFlow's headers and libraries. */
  dependencies: 'deps',
  /** The built binding. */
  library: 'lib',
  /** Both as npm's install script left them, while ours are in their place. */
  stock: '.segkit-stock',
  /** Where an installation is prepared. */
  staging: '.segkit-new',
  /** In both of our folders: what we installed. */
  record: 'segkit-tensorflow.json',
} as const;

/** Node-API's version for which the npm package's own loader looks on every Node from 12 on. */
export const napiVersion = 8;

/** The built binding, below the package's folder. */
export const bindingFile = join(names.library, `napi-v${String(napiVersion)}`, 'tfjs_binding.node');

const recordSchema = z.object({
  /** Version that TensorFlow told. */
  tensorflow: z.string(),
  /** Whether it found a CUDA device when it was checked. */
  gpu: z.boolean(),
  /** Version of the operations' queue that was compiled into the binding; 0 is none. */
  queue: z.number().default(0),
  /** Bytes of the libraries by file name. */
  libraries: z.record(z.string(), z.number()),
});

/** What was installed into a binding's package. */
export type InstalledTensorflow = z.infer<typeof recordSchema>;

/** What is there to load: `segkit` installed TensorFlow, `npm` did with the package, or nothing is. */
export type BindingState =
  | { readonly library: 'segkit'; readonly installed: InstalledTensorflow }
  | { readonly library: 'npm' | 'none' };

/** Looks at a binding's package; a damaged installation counts as none. */
export function readState(folder: string): BindingState {
  const installed = readRecord(folder);
  if (installed !== undefined) return { library: 'segkit', installed };
  return { library: existsSync(join(folder, bindingFile)) ? 'npm' : 'none' };
}

/** Whether we compiled the binding, with the queue of operations that this release knows. */
export function hasQueue(
  state: BindingState,
): state is Extract<BindingState, { readonly library: 'segkit' }> {
  return state.library === 'segkit' && state.installed.queue === queueVersion;
}

function readRecord(folder: string): InstalledTensorflow | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, names.library, names.record), 'utf8'));
  } catch {
    return undefined;
  }
  const { data } = recordSchema.safeParse(value);
  if (data === undefined || !existsSync(join(folder, bindingFile))) return undefined;
  const isWhole = Object.entries(data.libraries).every(([name, bytes]) => {
    const path = join(folder, names.dependencies, 'lib', name);
    return statSync(path, { throwIfNoEntry: false })?.size === bytes;
  });
  return isWhole ? data : undefined;
}

/** Whether a part of the package was put there by {@link putInPlace}. */
function isOurs(folder: string, part: string): boolean {
  return existsSync(join(folder, part, names.record));
}

const parts = [names.library, names.dependencies] as const;

/**
 * Puts what was prepared in the staging folder in the place of what is there. The binding goes first and comes last: in
 * between there is none to load, which the next installation repairs.
 */
export async function putInPlace(folder: string, installed: InstalledTensorflow): Promise<void> {
  const at = (...path: readonly string[]): string => join(folder, ...path);
  for (const part of parts) {
    const record = at(names.staging, part, names.record);
    await writeFile(record, `${JSON.stringify(installed, null, 2)}\n`);
  }
  await mkdir(at(names.stock), { recursive: true });
  for (const part of parts) {
    if (isOurs(folder, part)) await rm(at(part), { recursive: true });
    else if (existsSync(at(part))) await rename(at(part), at(names.stock, part));
  }
  for (const part of parts.toReversed()) await rename(at(names.staging, part), at(part));
}

/**
 * Takes out what {@link putInPlace} put in, and puts back what was there before.
 * @returns Whether there was anything of ours.
 */
export async function takeOut(folder: string): Promise<boolean> {
  const at = (...path: readonly string[]): string => join(folder, ...path);
  const found = existsSync(at(names.stock)) || parts.some((part) => isOurs(folder, part));
  for (const part of parts) {
    if (isOurs(folder, part)) await rm(at(part), { recursive: true });
  }
  for (const part of parts.toReversed()) {
    if (existsSync(at(names.stock, part))) await rename(at(names.stock, part), at(part));
  }
  await rm(at(names.stock), { recursive: true, force: true });
  return found;
}
