import type { NamedArray } from '../../components/optimizer.js';
import { CheckpointError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { elementBytes, toFloat32 } from '../element-type.js';
import { PickleStorage, type PickleValue } from '../pickle/pickle-value.js';
import { unpickle } from '../pickle/unpickle.js';
import { findStateDict } from './find-state-dict.js';
import { takeTensors } from './take-tensors.js';
import { maxPickleBytes, torchHost } from './torch-pickle.js';

/** Opens every file of the old format. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * Reads a checkpoint as `torch.save` wrote it before PyTorch 1.6: five pickles (magic number, version, system, object,
 * keys of the storages), then each storage as its length and its elements.
 * @throws CheckpointError if it is damaged, or is a pickle of something else.
 * @see https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
export async function readTorchLegacy(source: ByteSource): Promise<Map<string, NamedArray>> {
  const { where, size } = source;
  const bytes = await source.read(0, Math.min(size, maxPickleBytes));
  const declared = new Map<string, PickleStorage>();
  let position = 0;
  const next = (): PickleValue => {
    const { value, end } = unpickle(bytes, position, where, watching(declared));
    position = end;
    return value;
  };
  if (next() !== magicNumber) {
    throw new CheckpointError(
      `${where}: is a plain pickle, expected a checkpoint of torch.save; ` +
        'write it by torch.save(model.state_dict(), file).',
    );
  }
  if (next() !== protocolVersion) throw damaged(where, 'its protocol is not version 1001');
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false) {
    throw damaged(where, 'it was written on a big-endian machine; load and save it on another');
  }
  const root = next();
  const places = await locateStorages(source, next(), position, declared);
  const read = async ({ key, type, length }: PickleStorage): Promise<Float32Array> => {
    const place = places.get(key);
    if (place === undefined) throw damaged(where, `storage ${JSON.stringify(key)} is missing`);
    return toFloat32(await source.read(place, length * elementBytes(type)), type);
  };
  return takeTensors(findStateDict(root, where), read, size, where);
}

/** Notes every storage that the pickle names; each key must always mean the same one. */
function watching(declared: Map<string, PickleStorage>): typeof torchHost {
  return {
    ...torchHost,
    persistent: (id) => {
      const storage = torchHost.persistent(id);
      if (!(storage instanceof PickleStorage)) return undefined;
      const earlier = declared.get(storage.key);
      if (earlier && (earlier.type !== storage.type || earlier.length !== storage.length)) {
        return undefined;
      }
      declared.set(storage.key, storage);
      return storage;
    },
  };
}

/** First bytes of the storages' elements: they follow each other in the order of the keys, each after its length. */
async function locateStorages(
  source: ByteSource,
  keys: PickleValue,
  start: number,
  declared: ReadonlyMap<string, PickleStorage>,
): Promise<ReadonlyMap<string, number>> {
  const { where, size } = source;
  if (!Array.isArray(keys)) throw damaged(where, 'it does not list its storages');
  const places = new Map<string, number>();
  let position = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? declared.get(key) : undefined;
    if (storage === undefined || places.has(storage.key)) {
      throw damaged(where, 'it lists a storage that no tensor uses, or one twice');
    }
    const header = await source.read(position, 8);
    const length = Number(new DataView(header.buffer).getBigInt64(0, true));
    if (length !== storage.length) {
      throw damaged(
        where,
        `storage ${JSON.stringify(storage.key)} has ${String(length)} elements, expected ${String(storage.length)}`,
      );
    }
    places.set(storage.key, position + 8);
    position += 8 + length * elementBytes(storage.type);
    if (position > size) throw damaged(where, `it ends before byte ${String(position)}`);
  }
  return places;
}

function damaged(where: string, problem: string): CheckpointError {
  return new CheckpointError(
    `${where}: ${problem}; the file is truncated or damaged, get it again.`,
  );
}
