import type { NamedArray } from '../components/optimizer.js';
import { CheckpointError } from '../errors.js';
import type { Module } from '../nn/module.js';
import { nearestFirst } from '../registry/describe-issue.js';
import { safetensorsParts } from '../weights/safetensors.js';
import { writeDurably, type WrittenFile } from './write-durably.js';

/**
 * Writes arrays as a safetensors file, aside first and then renamed, so that a crash leaves the old file.
 * @returns Its length and checksum.
 * @throws CheckpointError if the disk refuses.
 */
export async function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, NamedArray>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  return writeDurably(path, safetensorsParts({ tensors, metadata }));
}

/** All parameters and buffers of a module, in PyTorch's layout. */
export async function collectWeights(module: Module): Promise<Map<string, NamedArray>> {
  const weights = new Map<string, NamedArray>();
  for (const [name, parameter] of module.namedParameters()) {
    weights.set(name, await parameter.toTorch());
  }
  return weights;
}

/**
 * Fills every parameter and buffer of a module from arrays in PyTorch's layout. All names and shapes are checked
 * before the first value changes.
 * @param where - The file's name, for messages.
 * @throws CheckpointError if names or shapes differ.
 */
export function applyWeights(
  module: Module,
  weights: ReadonlyMap<string, NamedArray>,
  where: string,
): void {
  const parameters = new Map(module.namedParameters());
  const missing = [...parameters.keys()].filter((name) => !weights.has(name));
  const surplus = [...weights.keys()].filter((name) => !parameters.has(name));
  if (missing.length > 0 || surplus.length > 0) {
    throw new CheckpointError(`${where}: ${describeDifference(missing, surplus)}`);
  }
  for (const [name, parameter] of parameters) {
    parameter.expectTorchShape(name, (weights.get(name) as NamedArray).shape);
  }
  for (const [name, parameter] of parameters) {
    const { shape, data } = weights.get(name) as NamedArray;
    parameter.fromTorch(name, shape, data);
  }
}

function describeDifference(missing: readonly string[], surplus: readonly string[]): string {
  const few = (names: readonly string[]): string =>
    names.length > 4
      ? `${names.slice(0, 4).join(', ')} and ${String(names.length - 4)} more`
      : names.join(', ');
  const parts: string[] = [];
  if (missing.length > 0) parts.push(`the file lacks ${few(missing)}`);
  if (surplus.length > 0) {
    const sorted = missing[0] === undefined ? surplus : nearestFirst(missing[0], surplus);
    parts.push(`the network has no ${few(sorted)}`);
  }
  return `${parts.join('; ')}; the weights belong to another network.`;
}
