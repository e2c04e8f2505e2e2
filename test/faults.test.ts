// What disks do to a run. `npm run bench -- faults` meets every fault of every call; here one of each kind.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { CheckpointError, type TrainingEvent } from 'segkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { damages, meetDamage } from './faults/damage.js';
import { endOf, faultsIn, train } from './faults/faulty-run.js';
import { mountSmallDisk, type SmallDisk } from './faults/small-disk.js';
import { faultCases, meetFault, undisturbed, type Undisturbed } from './faults/sweep.js';

let whole: Undisturbed;
beforeAll(async () => {
  whole = await undisturbed();
});
afterAll(() => {
  rmSync(whole.parent, { recursive: true });
});

test('a call that fails ends a run clearly or is told, and the run goes on to the same weights', async () => {
  const cases = await faultCases(whole);
  // Of a new run's second calls, so that there is something to lose; each file with some of its operations and errors.
  const second = cases.filter(({ run, nth }) => run === 'new' && nth === 1);
  const chosen = second.filter((_, index) => index % 6 === 0);
  expect(new Set(chosen.map(({ file }) => file)).size).toBeGreaterThan(5);
  for (const fault of chosen) {
    const outcome = await meetFault(fault, whole);
    expect(outcome.wrong, JSON.stringify(fault)).toEqual([]);
  }
}, 240_000);

test('a damaged checkpoint is never taken for a whole one', async () => {
  for (const damage of damages(whole, 8).filter((_, index) => index % 3 === 0)) {
    const outcome = await meetDamage(damage, whole);
    expect(outcome.wrong, JSON.stringify(damage)).toEqual([]);
    expect(outcome.resumed, JSON.stringify(damage)).not.toBe('error');
  }
}, 240_000);

/** Bytes of the disk, and what is left of them when the run has begun: less than its checkpoints take. */
const [size, left] = [4_000_000, 20_000];

function inSmallDisk(
  work: (disk: SmallDisk, folder: string) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const disk = mountSmallDisk(size);
    if (disk === undefined) {
      console.warn('skipped: mounting a small file system takes the rights of root.');
      return;
    }
    try {
      await work(disk, join(disk.folder, 'run'));
    } finally {
      disk.unmount();
    }
  };
}

test(
  'a disk that is really full ends a run with what is missing; with room it goes on to the same weights',
  inSmallDisk(async (disk, folder) => {
    const fillAfterOne = ({ type }: TrainingEvent): void => {
      if (type === 'checkpoint-saved') disk.fill(left);
    };
    const { error } = await train(folder, { onEvent: fillAfterOne });
    expect(error).toBeInstanceOf(CheckpointError);
    expect(String(error)).toMatch(
      /(run: |ENOSPC: no space left on device.*; )the disk has 0\.\d MB left, a checkpoint takes 0\.\d MB\. The checkpoints before it are whole: make room, then resume the run\./,
    );
    disk.makeRoom();
    const { events } = await train(folder);
    expect(events[0]).toMatchObject({ type: 'run-start' });
    expect(events[0]?.type === 'run-start' && events[0].step).toBeGreaterThan(0);
    expect(endOf(folder)).toBe(whole.end);
    expect(faultsIn(disk.folder, folder)).toEqual([]);
  }),
);

test(
  'a run that waits for room keeps what it has, and ends as one that never had to',
  inSmallDisk(async (disk, folder) => {
    let waited = false;
    const onEvent = (event: TrainingEvent): void => {
      if (event.type === 'checkpoint-saved' && !waited) disk.fill(left);
      if (event.type !== 'warning' || event.cause?.guard !== 'unsaved') return;
      waited = true;
      expect(event.cause.freeBytes).toBeLessThan(event.cause.neededBytes + left);
      expect(event.message).toMatch(/The run waits and tries again every 0\.05 s\.$/);
      disk.makeRoom();
    };
    const change = { onUnsaved: { do: 'wait', every: 0.05 } };
    const { error, events } = await train(folder, { change, onEvent });
    expect(error).toBeUndefined();
    expect(waited).toBe(true);
    expect(events.filter(({ type }) => type === 'run-start')).toHaveLength(1);
    expect(endOf(folder)).toBe(whole.end);
    expect(faultsIn(disk.folder, folder)).toEqual([]);
  }),
);
