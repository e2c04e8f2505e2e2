import type { RunEnd, RunStart, Step, TrainingEvent, Validation } from '@segkit/core';

/** For tests: the start of a run of 100 steps. */
export function runStart(change: Partial<RunStart> = {}): RunStart {
  return {
    type: 'run-start',
    folder: null,
    engine: 'cpu',
    seed: 0,
    step: 0,
    totalSteps: 100,
    stepsPerEpoch: 10,
    batchSize: 2,
    parameters: 1234567,
    loaderThreads: 0,
    trainSamples: 20,
    validationSamples: 6,
    ...change,
  };
}

/** For tests: a step that took half a second. */
export function step(count: number, change: Partial<Step> = {}): Step {
  return {
    type: 'step',
    step: count,
    epoch: Math.ceil(count / 10),
    totalSteps: 100,
    loss: 1 / count,
    learningRate: 0.001,
    seconds: 0.5,
    dataSeconds: 0.01,
    imagesPerSecond: 4,
    ...change,
  };
}

/** For tests: a validation with loss 0.5. */
export function validation(
  count: number,
  metrics: Readonly<Record<string, number>> = { meanIoU: 0.75, 'iou/cell': 0.5 },
  loss = 0.5,
): Validation {
  return {
    type: 'validation',
    step: count,
    epoch: Math.ceil(count / 10),
    loss,
    metrics,
    seconds: 3,
  };
}

/** For tests: the end of a run. */
export function runEnd(count: number, reason = 'completed'): RunEnd {
  const epoch = Math.ceil(count / 10);
  const times = { seconds: 200, dataSeconds: 2 };
  return { type: 'run-end', step: count, epoch, reason, ...times, skippedSamples: 0 };
}

/** For tests: a run of `steps` steps with a validation after every tenth and at the end, and every other event. */
export function wholeRun(steps: number, folder: string | null): readonly TrainingEvent[] {
  const events: TrainingEvent[] = [
    runStart({ folder }),
    { type: 'epoch-start', epoch: 1, step: 0 },
  ];
  for (let count = 1; count <= steps; count++) {
    events.push(step(count));
    if (count % 10 === 0 || count === steps) {
      const epoch = Math.ceil(count / 10);
      events.push(
        validation(count, { meanIoU: count / 1000, 'iou/cell': Number.NaN }),
        { type: 'checkpoint-saved', step: count, name: 'last', path: 'checkpoints/last' },
        { type: 'warning', step: count, message: 'something to know' },
        { type: 'epoch-end', epoch, step: count, loss: 0.5 },
      );
    }
  }
  return [...events, runEnd(steps)];
}
