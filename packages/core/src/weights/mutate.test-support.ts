/** Numbers in [0, 2^32) that are the same for the same seed (xorshift32). */
function numbersOf(seed: number): (below: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Bytes that lengths, counts and pickle operations are made of. */
const interesting = [0, 1, 0x7f, 0x80, 0xff, ...Buffer.from('(.0Rcqrhjtue}]Qb{"[]:,9-')];

type Change = (file: Buffer, draw: (below: number) => number) => Buffer;

const changes: readonly Change[] = [
  function flipBit(file, draw) {
    const at = draw(file.length);
    file.writeUInt8(file.readUInt8(at) ^ (1 << draw(8)), at);
    return file;
  },
  function setByte(file, draw) {
    file.writeUInt8(interesting[draw(interesting.length)] ?? 0, draw(file.length));
    return file;
  },
  function setInteger(file, draw) {
    const values = [0, 1, 2 ** 16, 2 ** 31, 2 ** 32 - 1, draw(2 ** 16)];
    if (file.length >= 4) {
      file.writeUInt32LE(values[draw(values.length)] ?? 0, draw(file.length - 3));
    }
    return file;
  },
  function cut(file, draw) {
    return file.subarray(0, draw(file.length));
  },
  function insert(file, draw) {
    const at = draw(file.length);
    const bytes = Buffer.from(Array.from({ length: 1 + draw(8) }, () => draw(256)));
    return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)]);
  },
  function remove(file, draw) {
    const at = draw(file.length);
    return Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + draw(8))]);
  },
  function repeat(file, draw) {
    const at = draw(file.length);
    const part = file.subarray(at, at + 1 + draw(64));
    return Buffer.concat([file.subarray(0, at), part, part, file.subarray(at + part.length)]);
  },
];

/** One or two changes to a copy of a file. */
export function mutate(file: Uint8Array, seed: number): Buffer {
  const draw = numbersOf(seed);
  let result: Buffer = Buffer.from(file);
  for (let count = 1 + draw(2); count > 0 && result.length > 0; count--) {
    result = (changes[draw(changes.length)] as Change)(result, draw);
  }
  return result;
}
