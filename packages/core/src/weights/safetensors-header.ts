import * as z from 'zod';

import { CheckpointError } from '../errors.js';
import { elementCount } from './element-count.js';
import { elementBytes, elementTypes, isElementType, type ElementType } from './element-type.js';
import { surveyJson } from './survey-json.js';

/** Where a tensor lies in a file. */
export interface SafetensorsEntry {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** First byte, counted from the file's start. */
  readonly begin: number;
  /** The byte after the last. */
  readonly end: number;
}

/** A header that agrees with itself and with the file's length. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Far above any real header, far below what would strain memory. */
export const maxHeaderBytes = 12 * 1024 * 1024;

/** Names, their fields, and the shape in one of those; four keys for each tensor, of which 30,000 parse in 60 MB. */
const limits = { depth: 3, keys: 120_000 };

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

/** What is wrong with the start of a file. */
export function damagedHeader(where: string, what: string): CheckpointError {
  return new CheckpointError(`${where}: ${what}; the file is truncated or no safetensors file.`);
}

/**
 * Parses the JSON header of a safetensors file and checks that its tensors fill the file without gap or overlap.
 * @param bytes - The header alone.
 * @param size - Length of the whole file in bytes.
 * @throws CheckpointError saying which tensor is wrong and how.
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  size: number,
  where: string,
): SafetensorsHeader {
  const header = parseJson(bytes, where);
  const dataStart = 8 + bytes.length;
  const entries = new Map<string, SafetensorsEntry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(value, where);
    else entries.set(name, parseEntry(name, value, dataStart, size, where));
  }
  expectTiled(entries, dataStart, size, where);
  return { entries, metadata };
}

function parseJson(bytes: Uint8Array, where: string): object {
  const damaged = (what: string): CheckpointError => damagedHeader(where, what);
  let header: unknown;
  let survey;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    survey = surveyJson(text, limits);
    // Objects take many times the memory of their text.
    if (survey.depth <= limits.depth && survey.keys <= limits.keys) header = JSON.parse(text);
  } catch {
    throw damaged('the header is not JSON');
  }
  if (survey.duplicate !== undefined) {
    throw new CheckpointError(
      `${where}: the header names "${survey.duplicate}" twice, so it is not clear which is meant; write the file again.`,
    );
  }
  if (survey.depth > limits.depth) throw damaged('the header is nested too deeply');
  if (survey.keys > limits.keys) throw damaged('the header names too many tensors');
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw damaged('the header is no object');
  }
  return header;
}

function parseMetadata(value: unknown, where: string): Readonly<Record<string, string>> {
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string';
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [['', 0]];
  if (Array.isArray(value) || !(fields as [string, unknown][]).every(isText)) {
    throw new CheckpointError(
      `${where}: expected "__metadata__" to hold texts by name; the file is damaged.`,
    );
  }
  // Not by assignment, which would set the prototype for "__proto__".
  return Object.fromEntries(fields as [string, string][]);
}

function parseEntry(
  name: string,
  value: unknown,
  dataStart: number,
  size: number,
  where: string,
): SafetensorsEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    throw new CheckpointError(
      `${where}: tensor "${name}" has a damaged header entry; expected dtype, shape and data_offsets.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (!isElementType(dtype)) {
    throw new CheckpointError(
      `${where}: tensor "${name}" has dtype ${dtype}, expected one of ${elementTypes.join(', ')}; ` +
        'convert it to float32 first.',
    );
  }
  const count = elementCount(shape);
  const [begin, end] = [dataStart + offsets[0], dataStart + offsets[1]];
  if (count === undefined || end - begin !== count * elementBytes(dtype) || end > size) {
    throw new CheckpointError(
      `${where}: tensor "${name}" needs bytes ${String(begin)} to ${String(end)} for shape ` +
        `[${shape.join(', ')}] of ${dtype}, the file has ${String(size)}; it is truncated or damaged.`,
    );
  }
  return { type: dtype, shape, begin, end };
}

/** The format knows no gaps: what is hidden in one, or shared by two tensors, was not written by its tools. */
function expectTiled(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  dataStart: number,
  size: number,
  where: string,
): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let position = dataStart;
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== position) {
      throw new CheckpointError(
        `${where}: tensor "${name}" starts at byte ${String(begin)}, expected ${String(position)}, where the one ` +
          'before it ends; the file is damaged.',
      );
    }
    position = end;
  }
  if (position === size) return;
  throw new CheckpointError(
    `${where}: the tensors end at byte ${String(position)}, the file has ${String(size)}; it is damaged.`,
  );
}
