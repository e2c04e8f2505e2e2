// Checkpoints that PyTorch would not write: each must end in an error that says what is wrong, quickly.
import { expect, test } from 'vitest';

import { CheckpointError } from '../../errors.js';
import { decodeWeights } from '../read-weights.js';
import { storedZip } from '../stored-zip.test-support.js';

// Parts of pickles, each pushing one value.
const bytes = (...values: readonly (number | string | Buffer)[]): Buffer =>
  Buffer.concat(
    values.map((value) => (typeof value === 'number' ? Buffer.of(value) : Buffer.from(value))),
  );
const text = (value: string): Buffer => bytes(0x8c, Buffer.byteLength(value), value);
const int = (value: number): Buffer => {
  const long = Buffer.alloc(10);
  long.writeUInt16LE(0x088a);
  long.writeBigInt64LE(BigInt(value), 2);
  return long;
};
const global = (module: string, name: string): Buffer => bytes('c', `${module}\n${name}\n`);
const tuple = (...items: readonly Buffer[]): Buffer => bytes('(', ...items, 't');
const call = (callable: Buffer, ...args: readonly Buffer[]): Buffer =>
  bytes(callable, tuple(...args), 'R');
const dict = (...items: readonly Buffer[]): Buffer => bytes('}(', ...items, 'u');

const rebuild = global('torch._utils', '_rebuild_tensor_v2');
const storage = (key: string, length: number, type = 'FloatStorage'): Buffer =>
  bytes(tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length)), 'Q');
const tensor = (of: Buffer, offset: number, shape: number[], strides: number[]): Buffer =>
  call(rebuild, of, int(offset), tuple(...shape.map(int)), tuple(...strides.map(int)));

const four = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
const checkpoint = (pickle: Buffer, files: Record<string, Uint8Array> = { 'a/data/0': four }) =>
  storedZip({ 'a/data.pkl': bytes(0x80, 2, pickle, '.'), ...files });
const one = (value: Buffer): Buffer => dict(text('x'), value);

test('the parts make a checkpoint', async () => {
  const file = checkpoint(one(tensor(storage('0', 4), 1, [3], [1])));
  expect(await decodeWeights(file, 'x.pth')).toEqual(
    new Map([['x', { shape: [3], data: Float32Array.of(2, 3, 4) }]]),
  );
});

const cyclic = bytes(
  '}q\x00(',
  text('x'),
  'h\x00',
  text('y'),
  tensor(storage('0', 4), 0, [1], [1]),
  'u',
);
const doubling = (levels: number): Buffer => {
  let inner = bytes(one(tensor(storage('0', 4), 0, [1], [1])), 'q\x00');
  for (let level = 1; level <= levels; level++) {
    inner = bytes('}', inner, 'q', level);
    inner = bytes(inner, '0(', text('a'), 'h', level, text('b'), 'h', level, 'u');
  }
  return inner;
};

test.each<readonly [string, Buffer, RegExp]>([
  [
    'beyond the storage',
    one(tensor(storage('0', 4), 2, [3], [1])),
    /reaches element 4 of .* 4 ele/,
  ],
  ['strides beyond', one(tensor(storage('0', 4), 0, [2, 2], [3, 1])), /reaches element 4/],
  ['huge strides', one(tensor(storage('0', 4), 0, [2], [2 ** 52])), /reaches element/],
  ['huge shape', one(tensor(storage('0', 4), 0, [2 ** 52, 2 ** 52], [0, 0])), /no possible size/],
  ['many repeats', one(tensor(storage('0', 4), 0, [2 ** 40], [0])), /repeat far more values/],
  ['negative length', one(tensor(storage('0', 4), 0, [-1], [1])), /does not take the arguments/],
  ['other rank', one(tensor(storage('0', 4), 0, [1], [1, 1])), /does not take the arguments/],
  ['no storage', one(tensor(text('0'), 0, [1], [1])), /does not take the arguments/],
  ['huge storage', one(tensor(storage('0', 2 ** 50), 0, [1], [1])), /has 16 bytes, expected/],
  ['no such storage', one(tensor(storage('../../0', 4), 0, [1], [1])), /has no a\/data\/\.\.\//],
  ['no class of storage', one(tensor(storage('0', 4, 'Size'), 0, [1], [1])), /none of PyTorch/],
  ['call of a class', one(call(global('torch', 'FloatStorage'))), /does not take the arguments/],
  ['call of a text', one(call(text('os.system'))), /a call is malformed/],
  [
    'one storage as two kinds',
    dict(
      ...[text('x'), tensor(storage('0', 4), 0, [4], [1])],
      ...[text('y'), tensor(storage('0', 8, 'HalfStorage'), 0, [8], [1])],
    ),
    /for another kind/,
  ],
  ['dictionaries without end', doubling(60), /nested too deeply/],
  ['a dictionary in itself', cyclic, /nested too deeply/],
  ['a long text', one(bytes(0x8d, int(2 ** 40).subarray(2))), /a text of .* is too long/],
  ['a long integer', one(bytes(0x8b, Buffer.alloc(4, 1))), /an integer of .* is too long/],
  ['STACK_GLOBAL', bytes(text('builtins'), text('eval'), 0x93), /"builtins\.eval"/],
  ['NEWOBJ', bytes(0x81), /operation 0x81/],
  ['nothing remembered', bytes('h\x07'), /nothing is remembered as 7/],
  ['empty stack', bytes('0'), /the stack is empty/],
  ['no mark', bytes('t'), /there is no mark/],
  ['odd items', bytes('}(', text('x'), 'u'), /a key has no value/],
  ['append to a text', bytes(text('x'), 'Na'), /expected a list/],
  ['items of a text', bytes(text('x'), 'NNs'), /expected a dictionary/],
  ['marks without end', Buffer.alloc(200_000, '('), /too many open marks/],
  ['values without end', Buffer.alloc(600_000, 'N'), /too many values/],
  ['objects without end', Buffer.alloc(1_200_000, '}0'), /more than 500000 objects/],
  ['operations without end', Buffer.alloc(9_000_000, 'N0'), /more than 4000000 operations/],
  ['unknown protocol', bytes(0x80, 9), /protocol 9 is unknown/],
])('%s', async (_, pickle, message) => {
  const file = checkpoint(pickle);
  await expect(decodeWeights(file, 'x.pth')).rejects.toThrow(CheckpointError);
  await expect(decodeWeights(file, 'x.pth')).rejects.toThrow(message);
});

test('texts, names and storages may be called as they like', async () => {
  const file = checkpoint(
    dict(
      ...[text('__proto__'), tensor(storage('constructor', 4), 0, [4], [1])],
      ...[int(3), tensor(storage('constructor', 4), 0, [1], [1])],
    ),
    { 'a/data/constructor': four },
  );
  expect([...(await decodeWeights(file, 'x.pth')).keys()]).toEqual(['__proto__', '3']);
});

test('entries that are compressed, named twice or overlap are errors', async () => {
  const good = checkpoint(one(tensor(storage('0', 4), 0, [4], [1])));
  const compressed = Buffer.from(good);
  // The method stands in the local header and again in the directory; data/0 is the second entry.
  const directory = compressed.lastIndexOf('PK\x01\x02');
  compressed.writeUInt16LE(8, directory + 10);
  await expect(decodeWeights(compressed, 'x.pth')).rejects.toThrow(/compressed or encrypted/);

  const twice = Buffer.from(good.toString('latin1').replaceAll('a/data/0', 'a/data.pkl'), 'latin1');
  await expect(decodeWeights(twice, 'x.pth')).rejects.toThrow(CheckpointError);

  const large = Buffer.alloc(4000);
  const files = { 'a/data/0': large, 'a/data/1': Buffer.alloc(0) };
  const tensors = ['0', '1'].map((key) => [text(key), tensor(storage(key, 1000), 0, [1000], [1])]);
  const overlapping = checkpoint(dict(...tensors.flat()), files);
  // The directory's last entry becomes a copy of the one before it, but for the name.
  const last = overlapping.lastIndexOf('PK\x01\x02');
  const before = overlapping.lastIndexOf('PK\x01\x02', last - 1);
  overlapping.copy(overlapping, last, before, before + 46);
  await expect(decodeWeights(overlapping, 'x.pth')).rejects.toThrow(/its entries overlap/);
});
