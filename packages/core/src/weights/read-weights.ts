import type { NamedArray } from '../components/optimizer.js';
import { CheckpointError } from '../errors.js';
import { memorySource, withFile, type ByteSource } from './byte-source.js';
import { readSafetensors } from './safetensors.js';
import { readTorchLegacy } from './torch/torch-legacy.js';
import { readTorchZip } from './torch/torch-zip.js';

/** Tensors by name, in PyTorch's layout (filters OIHW), as float32. */
export type NamedArrays = ReadonlyMap<string, NamedArray>;

/**
 * Reads a file of weights: safetensors, or what `torch.save` writes, now (zip) or before PyTorch 1.6. The content
 * decides, not the name. Nothing in the file is executed, and no more memory is taken than the file's length allows.
 * @returns Tensors by name, in PyTorch's layout, as float32.
 * @throws CheckpointError saying what is wrong with the file.
 * @example
 * const weights = await readWeights('resnet18-f37072fd.pth');
 */
export function readWeights(path: string): Promise<NamedArrays> {
  return withFile(path, readSource);
}

/**
 * Reads weights from bytes; see `readWeights`.
 * @param where - A name for messages.
 */
export function decodeWeights(bytes: Uint8Array, where: string): Promise<NamedArrays> {
  return readSource(memorySource(bytes, where));
}

async function readSource(source: ByteSource): Promise<NamedArrays> {
  const { where, size } = source;
  const start = await source.read(0, Math.min(size, 9));
  const opening = String.fromCharCode(...start);
  if (opening.startsWith('PK')) return readTorchZip(source);
  if (opening.startsWith('\x80')) return readTorchLegacy(source);
  if (opening.endsWith('{') || where.endsWith('.safetensors')) {
    return (await readSafetensors(source)).tensors;
  }
  const kind = foreignKind(opening);
  const shown = [...start].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new CheckpointError(
    `${where}: expected safetensors or a checkpoint of torch.save, received ${kind ?? `${String(size)} bytes that start with ${shown}`}; ` +
      'in Python: safetensors.torch.save_file(model.state_dict(), file).',
  );
}

function foreignKind(opening: string): string | undefined {
  if (opening.startsWith('\x89HDF')) return 'an HDF5 file, as Keras writes it';
  if (opening.startsWith('<'))
    return 'a text, perhaps a web page that was saved in place of the file';
  if (opening.startsWith('version ')) return 'a pointer of Git LFS in place of the file';
  return undefined;
}
