import { ConfigError } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { earlyStopping } from './early-stopping.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { step, validation } from './make-events.test-support.js';

/** How many validations it takes until the run is asked to stop, and the reason. */
async function stopAfter(
  options: object,
  values: readonly number[],
): Promise<readonly [number, string] | undefined> {
  const callback = makeCallback(earlyStopping, options);
  const run = fakeRun(null);
  for (const [index, value] of values.entries()) {
    const count = index + 1;
    await send(callback, run, [step(count), validation(count, { meanIoU: value }, value)]);
    const [reason] = run.stops;
    if (reason !== undefined) return [count, reason];
  }
  return undefined;
}

describe('early-stopping', () => {
  it('stops after `patience` validations without improvement', async () => {
    expect(await stopAfter({ patience: 2 }, [0.5, 0.6, 0.6, 0.55])).toEqual([
      4,
      'early stopping: meanIoU has not improved on 0.6000 of step 2 for 2 validations',
    ]);
  });

  it('starts to count again at every improvement', async () => {
    expect(await stopAfter({ patience: 2 }, [0.5, 0.4, 0.6, 0.5, 0.7, 0.6])).toBeUndefined();
  });

  it('asks for more than minDelta', async () => {
    const creeping = [0.5, 0.505, 0.51, 0.52];
    expect(await stopAfter({ patience: 2, minDelta: 0.015 }, creeping)).toEqual([
      3,
      'early stopping: meanIoU has not improved on 0.5000 of step 1 for 2 validations',
    ]);
    expect(await stopAfter({ patience: 2 }, creeping)).toBeUndefined();
  });

  it('wants the loss to fall', async () => {
    expect(await stopAfter({ monitor: 'loss', patience: 1 }, [0.5, 0.4, 0.3])).toBeUndefined();
    expect(await stopAfter({ monitor: 'loss', patience: 1 }, [0.5, 0.6])).toEqual([
      2,
      'early stopping: loss has not improved on 0.5000 of step 1 for 1 validation',
    ]);
  });

  it('counts NaN as no improvement', async () => {
    expect(await stopAfter({ patience: 2 }, [Number.NaN, Number.NaN])).toEqual([
      2,
      'early stopping: the monitored number was NaN for 2 validations',
    ]);
  });

  it('names the numbers there are when the monitored one is not among them', async () => {
    await expect(stopAfter({ monitor: 'dice' }, [0.5])).rejects.toThrow(ConfigError);
    await expect(stopAfter({ monitor: 'dice' }, [0.5])).rejects.toThrow(/loss, meanIoU/);
  });
});
