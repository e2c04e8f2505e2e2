import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { messageOf, randomStream, readRunWeights } from 'segkit';

import { endOf, isClear, train } from './faulty-run.js';
import { interruptedAt, type Undisturbed } from './sweep.js';

/** A file of a checkpoint and what is done to it. */
export interface Damage {
  /** Inside the folder of checkpoints. */
  readonly file: string;
  readonly kind: 'flipped bit' | 'cut short' | 'removed';
  /** The byte that changes, or the length that is left. */
  readonly at: number;
  readonly bit: number;
}

/** What a run made of damage. */
export interface DamageOutcome extends Damage {
  /** What it went on from. */
  readonly resumed: 'the newest checkpoint' | 'the one before' | 'error';
  /** What is wrong; empty if it ended with the weights of a run that met no damage, or with an error. */
  readonly wrong: readonly string[];
}

/** So many bits at random places of all files of a run's checkpoints, and every file cut short and removed. */
export function damages({ interrupted }: Undisturbed, flips: number, seed = 0): readonly Damage[] {
  const folder = join(interrupted, 'checkpoints');
  const files = readdirSync(folder).sort();
  const random = randomStream(seed);
  const draw = (below: number): number => Math.floor(random.uniform() * below);
  const sizes = new Map(files.map((file) => [file, readFileSync(join(folder, file)).length]));
  // Every file in turn: by bytes alone hardly a bit of the small ones would be met.
  const flipped = Array.from({ length: flips }, (_, index): Damage => {
    const file = files[index % files.length] ?? '';
    return { file, kind: 'flipped bit', at: draw(sizes.get(file) ?? 1), bit: draw(8) };
  });
  const others = files.flatMap((file): Damage[] => [
    { file, kind: 'cut short', at: 0, bit: 0 },
    { file, kind: 'cut short', at: draw(sizes.get(file) ?? 1), bit: 0 },
    { file, kind: 'removed', at: 0, bit: 0 },
  ]);
  return [...flipped, ...others];
}

function inflict({ file, kind, at, bit }: Damage, run: string): void {
  const path = join(run, 'checkpoints', file);
  if (kind === 'removed') {
    rmSync(path);
    return;
  }
  const bytes = readFileSync(path);
  if (kind === 'flipped bit') bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  writeFileSync(path, kind === 'cut short' ? bytes.subarray(0, at) : bytes);
}

/** Resumes a copy of the interrupted run with damaged checkpoints, and evaluates it by its checkpoints' names. */
export async function meetDamage(damage: Damage, whole: Undisturbed): Promise<DamageOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'segkit-damage-'));
  cpSync(whole.interrupted, folder, { recursive: true });
  try {
    inflict(damage, folder);
    const wrong: string[] = [];
    for (const name of ['last', 'best']) {
      if (await isWrong(folder, name, whole)) wrong.push(`"${name}" gives other weights`);
    }
    const ending = await train(folder);
    const { error, events } = ending;
    if (!isClear(ending)) wrong.push(`unclear error: ${messageOf(error)}`);
    const [start] = events;
    const from = start?.type === 'run-start' ? start.step : -1;
    if (error === undefined && endOf(folder) !== whole.end) wrong.push('ended with other weights');
    const resumed =
      error !== undefined
        ? 'error'
        : from === interruptedAt
          ? 'the newest checkpoint'
          : 'the one before';
    return { ...damage, resumed, wrong };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether a name silently stands for other weights than before. */
async function isWrong(
  folder: string,
  name: string,
  { interrupted }: Undisturbed,
): Promise<boolean> {
  const read = async (run: string): Promise<string> => {
    const { weights } = await readRunWeights(run, name);
    return JSON.stringify([...weights].map(([key, { data }]) => [key, Array.from(data)]));
  };
  const found = await read(folder).catch(() => undefined);
  return found !== undefined && found !== (await read(interrupted));
}
