import { readdirSync, readFileSync } from 'node:fs';

import { CheckpointError } from '../errors.js';
import { memorySource } from './byte-source.js';
import { mutate } from './mutate.test-support.js';
import { decodeWeights } from './read-weights.js';
import { storedZip } from './stored-zip.test-support.js';
import { openZip } from './torch/stored-zip.js';

const folder = new URL('../../../../oracles/fixtures/weights/', import.meta.url);

/** Makes a damaged file of a number; the same number always gives the same file. */
type Damage = (seed: number) => Buffer;

/** What became of damaged files. */
export interface FuzzReport {
  readonly count: number;
  /** Files that were read all the same, as a change of a weight's value is. */
  readonly read: number;
  readonly slowestSeconds: number;
}

/**
 * Reads damaged copies of the fixtures: every file as a whole, and the parts that checksums and lengths would otherwise
 * protect - the pickle of a zip archive, the header of a safetensors file - with checksum and length put right again.
 * @throws Error if reading ends in anything but values or a CheckpointError, takes seconds, or makes more than the file
 * can hold.
 */
export async function fuzzWeights(count: number, firstSeed = 0): Promise<FuzzReport> {
  const damages = await listDamages();
  let read = 0;
  let slowestSeconds = 0;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const file = (damages[seed % damages.length] as Damage)(seed);
    const started = performance.now();
    read += (await isRead(file, seed)) ? 1 : 0;
    slowestSeconds = Math.max(slowestSeconds, (performance.now() - started) / 1000);
    if (slowestSeconds > 5) throw new Error(`mutation ${String(seed)} took seconds`);
  }
  return { count, read, slowestSeconds };
}

async function isRead(file: Buffer, seed: number): Promise<boolean> {
  try {
    const tensors = await decodeWeights(file, 'damaged');
    let values = 0;
    for (const { data } of tensors.values()) values += data.length;
    if (values > 2 * file.length + 1_000_000) throw new Error('more values than the file can hold');
    return true;
  } catch (error) {
    if (error instanceof CheckpointError) return false;
    throw new Error(`mutation ${String(seed)} ended in ${String(error)}`, { cause: error });
  }
}

async function listDamages(): Promise<readonly Damage[]> {
  const damages: Damage[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.json')) continue;
    const file = readFileSync(new URL(name, folder));
    damages.push((seed) => mutate(file, seed));
    if (file.toString('latin1', 0, 2) === 'PK') damages.push(await pickleDamage(file, name));
    if (name.endsWith('.safetensors')) damages.push(headerDamage(file));
  }
  return damages;
}

async function pickleDamage(file: Buffer, name: string): Promise<Damage> {
  const zip = await openZip(memorySource(file, name));
  const files: Record<string, Uint8Array> = {};
  let pickle = '';
  for (const entry of zip.names) {
    files[entry] = await zip.read(entry, file.length);
    if (entry.endsWith('data.pkl')) pickle = entry;
  }
  const whole = files[pickle] as Uint8Array;
  return (seed) => storedZip({ ...files, [pickle]: mutate(whole, seed) });
}

function headerDamage(file: Buffer): Damage {
  const end = 8 + Number(file.readBigUInt64LE(0));
  return (seed) => {
    const header = mutate(file.subarray(8, end), seed);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, file.subarray(end)]);
  };
}
