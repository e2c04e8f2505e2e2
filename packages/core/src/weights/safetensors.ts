import type { NamedArray } from '../components/optimizer.js';
import { CheckpointError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import { toFloat32 } from './element-type.js';
import {
  damagedHeader,
  maxHeaderBytes,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from './safetensors-header.js';

/** The content of a safetensors file. */
export interface Safetensors {
  /** Values as float32, whatever the file's dtype. */
  readonly tensors: ReadonlyMap<string, NamedArray>;
  /** Free text fields of the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Encodes float32 arrays as a safetensors file: 8 bytes of header length, a JSON header, then the data.
 * @returns The file in parts, of which those with data are views of the arrays.
 * @throws CheckpointError if a tensor has the name `__metadata__`, which the format keeps for itself.
 * @see https://github.com/huggingface/safetensors#format
 */
export function safetensorsParts({ tensors, metadata }: Safetensors): Uint8Array[] {
  if (tensors.has('__metadata__')) {
    throw new CheckpointError('safetensors: no tensor can be named "__metadata__"; rename it.');
  }
  const entries: [string, unknown][] = [['__metadata__', metadata]];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    entries.push([name, { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  const text = JSON.stringify(Object.fromEntries(entries));
  // Spaces pad the header so that the data starts at a multiple of 8 bytes.
  const header = new TextEncoder().encode(text.padEnd(text.length + paddingOf(text)));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const data = [...tensors.values()].map(
    ({ data: { buffer, byteOffset, byteLength } }) =>
      new Uint8Array(buffer, byteOffset, byteLength),
  );
  return [length, header, ...data];
}

/** Encodes float32 arrays as a safetensors file in one piece; see {@link safetensorsParts}. */
export function encodeSafetensors(content: Safetensors): Uint8Array {
  return Buffer.concat(safetensorsParts(content));
}

function paddingOf(text: string): number {
  return (8 - (new TextEncoder().encode(text).length % 8)) % 8;
}

/**
 * Decodes a safetensors file.
 * @param where - The file's name, for messages.
 * @throws CheckpointError if the file is truncated, damaged or holds a dtype that does not become float32.
 */
export function decodeSafetensors(file: Uint8Array, where: string): Safetensors {
  const length = headerLength(file.subarray(0, 8), file.length, where);
  const header = parseSafetensorsHeader(file.subarray(8, 8 + length), file.length, where);
  const tensors = new Map<string, NamedArray>();
  for (const [name, { type, shape, begin, end }] of header.entries) {
    // A copy, because the data need not be aligned in the file; not file.slice(), which a Buffer overrides.
    tensors.set(name, { shape, data: toFloat32(new Uint8Array(file.subarray(begin, end)), type) });
  }
  return { tensors, metadata: header.metadata };
}

/**
 * Reads a safetensors file tensor by tensor.
 * @throws CheckpointError as `decodeSafetensors`.
 */
export async function readSafetensors(source: ByteSource): Promise<Safetensors> {
  const header = await readHeader(source);
  const tensors = new Map<string, NamedArray>();
  for (const [name, { type, shape, begin, end }] of header.entries) {
    tensors.set(name, { shape, data: toFloat32(await source.read(begin, end - begin), type) });
  }
  return { tensors, metadata: header.metadata };
}

async function readHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const { where, size } = source;
  const length = headerLength(await source.read(0, Math.min(8, size)), size, where);
  return parseSafetensorsHeader(await source.read(8, length), size, where);
}

/** Length of the JSON header, checked against the file's. */
function headerLength(start: Uint8Array, size: number, where: string): number {
  const damaged = (what: string): CheckpointError => damagedHeader(where, what);
  if (start.length < 8) throw damaged(`expected at least 8 bytes, received ${String(size)}`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (8 + length > size) {
    throw damaged(`expected a header of ${String(length)} bytes, the file has ${String(size)}`);
  }
  if (length > maxHeaderBytes) {
    throw damaged(
      `expected a header of at most ${String(maxHeaderBytes)} bytes, it has ${String(length)}`,
    );
  }
  return length;
}
