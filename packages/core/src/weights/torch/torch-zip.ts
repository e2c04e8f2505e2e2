import type { NamedArray } from '../../components/optimizer.js';
import { CheckpointError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { elementBytes, toFloat32 } from '../element-type.js';
import type { PickleStorage } from '../pickle/pickle-value.js';
import { unpickle } from '../pickle/unpickle.js';
import { findStateDict } from './find-state-dict.js';
import { takeTensors } from './take-tensors.js';
import { maxPickleBytes, torchHost } from './torch-pickle.js';
import { openZip, type StoredZip } from './stored-zip.js';

/**
 * Reads a checkpoint as `torch.save` writes it since PyTorch 1.6: a zip archive of `NAME/data.pkl` and one entry
 * `NAME/data/KEY` for each storage.
 * @throws CheckpointError if it is damaged, compressed, or no checkpoint of tensors.
 * @see https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
export async function readTorchZip(source: ByteSource): Promise<Map<string, NamedArray>> {
  const { where } = source;
  const zip = await openZip(source);
  const folder = findFolder(zip, where);
  await expectLittleEndian(zip, folder, where);
  const pickle = await zip.read(`${folder}data.pkl`, maxPickleBytes);
  const { value } = unpickle(pickle, 0, `${where}: ${folder}data.pkl`, torchHost);
  const read = async ({ key, type, length }: PickleStorage): Promise<Float32Array> => {
    const name = `${folder}data/${key}`;
    const expected = length * elementBytes(type);
    const bytes = await zip.read(name, expected);
    if (bytes.length === expected) return toFloat32(bytes, type);
    throw new CheckpointError(
      `${where}: ${name} has ${String(bytes.length)} bytes, expected ${String(expected)}; the file is damaged.`,
    );
  };
  return takeTensors(findStateDict(value, where), read, source.size, where);
}

/** The folder of the archive that holds everything, e.g. `archive/`. */
function findFolder(zip: StoredZip, where: string): string {
  const suffix = 'data.pkl';
  const pickles = zip.names.filter((name) => name === suffix || name.endsWith(`/${suffix}`));
  const [name] = pickles;
  if (name === undefined || pickles.length > 1) {
    throw new CheckpointError(
      `${where}: expected a zip archive with one data.pkl, as torch.save writes it, received ${String(pickles.length)}; ` +
        'this is another kind of archive.',
    );
  }
  const folder = name.slice(0, -suffix.length);
  if (zip.names.includes(`${folder}constants.pkl`)) {
    throw new CheckpointError(
      `${where}: is a TorchScript program, expected weights; in Python: ` +
        'torch.save(torch.jit.load(file).state_dict(), other_file).',
    );
  }
  return folder;
}

async function expectLittleEndian(zip: StoredZip, folder: string, where: string): Promise<void> {
  const name = `${folder}byteorder`;
  if (!zip.names.includes(name)) return;
  const order = new TextDecoder().decode(await zip.read(name, 16));
  if (order === 'little') return;
  throw new CheckpointError(
    `${where}: its numbers are ${JSON.stringify(order)}-endian, expected little; load and save it on another machine.`,
  );
}
