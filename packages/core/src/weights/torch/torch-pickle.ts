import type { ElementType } from '../element-type.js';
import {
  PickleGlobal,
  PickleStorage,
  PickleTensor,
  type PickleValue,
} from '../pickle/pickle-value.js';
import type { PickleHost } from '../pickle/pickle-machine.js';

/** The most that a checkpoint's pickles have together; those of 100,000 tensors have 10 MB. */
export const maxPickleBytes = 16 * 1024 * 1024;

/** PyTorch's storage classes. */
const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

type Call = (args: readonly PickleValue[]) => PickleValue | undefined;

/** What a state dict is made by. */
const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['collections.OrderedDict', orderedDict],
  ['torch.Size', ([lengths]) => (isCounts(lengths) ? [...lengths] : undefined)],
  ['torch._utils._rebuild_tensor_v2', tensor],
  ['torch._utils._rebuild_parameter', ([data]) => data],
]);

/** What pickles of PyTorch's checkpoints may refer to: dictionaries, sizes, tensors and parameters. */
export const torchHost: PickleHost = {
  knows: (name) => calls.has(name) || storageTypes.has(name),
  call: (name, args) => calls.get(name)?.(args),
  persistent: storage,
};

function orderedDict([pairs, ...more]: readonly PickleValue[]): PickleValue | undefined {
  if (pairs === undefined) return new Map();
  if (more.length > 0 || !Array.isArray(pairs)) return undefined;
  const map = new Map<PickleValue, PickleValue>();
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    map.set(pair[0] as PickleValue, pair[1] as PickleValue);
  }
  return map;
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata)` */
function tensor([of, offset, shape, strides]: readonly PickleValue[]): PickleValue | undefined {
  if (!(of instanceof PickleStorage) || !isCount(offset)) return undefined;
  if (!isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) return undefined;
  return new PickleTensor(of, offset, shape, strides);
}

/** `('storage', class, key, location, number of elements)`; old files add a view `(key, offset, size)` or None. */
function storage(id: PickleValue): PickleValue | undefined {
  if (!Array.isArray(id)) return undefined;
  const [kind, type, key, , length, view] = id;
  const elementType = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined;
  if (kind !== 'storage' || elementType === undefined) return undefined;
  if ((typeof key !== 'string' && !isCount(key)) || !isCount(length)) return undefined;
  if (view === undefined || view === null) {
    return new PickleStorage(String(key), elementType, length, 0);
  }
  const [, start, size] = Array.isArray(view) ? view : [];
  if (!isCount(start) || !isCount(size) || start + size > length) return undefined;
  return new PickleStorage(String(key), elementType, length, start);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
