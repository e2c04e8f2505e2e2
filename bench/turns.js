// Lets processes take turns: one makes a step while the others wait and compute nothing.
import { availableParallelism } from 'node:os';

import { machineSeconds, processorSeconds, untilIdle } from './processes.js';
import { median } from './report.js';

/**
 * What makes a measurement doubtful: shares of a turn computed by those who wait, of all processors taken by strangers,
 * and of a step's time computed after its end. Threads that spin for more work are none of that: ONNX Runtime's do it
 * for 30 ms after a run.
 */
const doubtful = { waiting: 0.02, strangers: 0.1, afterwards: 0.05, spinningSeconds: 0.06 };

/**
 * One step of one side, and what the other processes of the machine did in the meantime. Another step goes right before it,
 * untimed: a process that waited for a second finds its memory cold and its threads asleep, which is no property of either
 * side.
 */
async function turn(side, others) {
  const start = performance.now();
  const machine = machineSeconds();
  const own = processorSeconds(side.pid);
  const waiting = others.map(({ pid }) => processorSeconds(pid));
  await side.ask('step');
  const step = await side.ask('step');
  const wall = (performance.now() - start) / 1e3;
  const answered = processorSeconds(side.pid);
  const strange = machineSeconds() - machine - (answered - own);
  const disturbed = others.map(({ pid }, i) => (processorSeconds(pid) - waiting[i]) / wall);
  await untilIdle(side.pid);
  return {
    ...step,
    waiting: Math.max(0, ...disturbed),
    strangers: Math.max(0, strange) / (wall * availableParallelism()),
    afterwards: processorSeconds(side.pid) - answered,
  };
}

/**
 * Every side makes one step a round, in the given order.
 * @param sides - As `startSide` gives them, warm.
 * @returns The steps of every side, one list each.
 */
export async function takeTurns(sides, rounds) {
  const steps = sides.map(() => []);
  for (const { pid } of sides) await untilIdle(pid);
  for (let round = 0; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      const others = sides.filter((other) => other !== side);
      steps[i].push(await turn(side, others));
    }
  }
  return steps;
}

/** What is doubtful about a side's steps, as sentences. */
export function doubtsOf(file, steps) {
  const doubts = [];
  const waiting = Math.max(...steps.map((step) => step.waiting));
  if (waiting > doubtful.waiting) {
    doubts.push(`while ${file} computed, a waiting process took ${percent(waiting)} of a core`);
  }
  const strangers = median(steps.map((step) => step.strangers));
  if (strangers > doubtful.strangers) {
    doubts.push(`while ${file} computed, strangers took ${percent(strangers)} of the machine`);
  }
  const afterwards = median(steps.map((step) => step.afterwards));
  const share = afterwards / median(steps.map(({ cpuSeconds }) => cpuSeconds));
  if (afterwards > doubtful.spinningSeconds && share > doubtful.afterwards) {
    doubts.push(`${file} went on computing after its steps, for ${percent(share)} of their time`);
  }
  const compiled = steps.filter((step) => step.compiled > 0).length;
  if (compiled > 0) {
    doubts.push(`${file} compiled in ${compiled} of the timed steps; use more --warm-up`);
  }
  return doubts;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
