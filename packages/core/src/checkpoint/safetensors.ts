import * as z from 'zod';

import type { NamedArray } from '../components/optimizer.js';
import { CheckpointError } from '../errors.js';

/** The content of a safetensors file. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NamedArray>;
  /** Free text fields of the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

const headerEntry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

/** Headers larger than this are refused by the reference implementation too. */
const maxHeaderBytes = 100_000_000;

/**
 * Encodes float32 arrays as a safetensors file: 8 bytes of header length, a JSON header, then the data.
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  // Spaces pad the header so that the data starts at a multiple of 8 bytes.
  const bytes = new TextEncoder().encode(text.padEnd(text.length + paddingOf(text)));
  const file = new Uint8Array(8 + bytes.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(bytes.length), true);
  file.set(bytes, 8);
  let position = 8 + bytes.length;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

function paddingOf(text: string): number {
  return (8 - (new TextEncoder().encode(text).length % 8)) % 8;
}

/**
 * Decodes a safetensors file of float32 arrays.
 * @param where - The file's name, for messages.
 * @throws CheckpointError if the file is truncated, damaged or holds another dtype.
 */
export function decodeSafetensors(file: Uint8Array, where: string): Safetensors {
  const { header, dataStart } = readHeader(file, where);
  const tensors = new Map<string, NamedArray>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') metadata = entry as Record<string, string>;
    else tensors.set(name, readTensor(file, dataStart, name, entry, where));
  }
  return { tensors, metadata };
}

function readHeader(file: Uint8Array, where: string) {
  const damaged = (what: string): CheckpointError =>
    new CheckpointError(`${where}: ${what}; the file is truncated or no safetensors file.`);
  if (file.length < 8) throw damaged(`expected at least 8 bytes, received ${String(file.length)}`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > maxHeaderBytes || 8 + length > file.length) {
    throw damaged(
      `expected a header of ${String(length)} bytes, the file has ${String(file.length)}`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + length)),
    );
  } catch {
    throw damaged('the header is not JSON');
  }
  if (typeof header !== 'object' || header === null) throw damaged('the header is no object');
  return { header: header as Record<string, unknown>, dataStart: 8 + length };
}

function readTensor(
  file: Uint8Array,
  dataStart: number,
  name: string,
  entry: unknown,
  where: string,
): NamedArray {
  const parsed = headerEntry.safeParse(entry);
  if (!parsed.success) {
    throw new CheckpointError(`${where}: tensor "${name}" has a damaged header entry.`);
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (dtype !== 'F32') {
    throw new CheckpointError(`${where}: tensor "${name}" has dtype ${dtype}, expected F32.`);
  }
  const [begin, end] = [dataStart + offsets[0], dataStart + offsets[1]];
  const size = shape.reduce((product, length) => product * length, 1);
  if (begin < dataStart || end - begin !== size * 4 || end > file.length) {
    throw new CheckpointError(
      `${where}: tensor "${name}" needs bytes ${String(begin)} to ${String(end)} for ${String(size)} values, ` +
        `the file has ${String(file.length)}; it is truncated or damaged.`,
    );
  }
  // A copy, because the data need not be aligned to 4 bytes in the file; not file.slice(), which a Buffer overrides.
  const bytes = new Uint8Array(file.subarray(begin, end));
  return { shape, data: new Float32Array(bytes.buffer) };
}
