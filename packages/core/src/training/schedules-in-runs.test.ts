import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { checkpointOf, resumeTiny, runTiny } from './run-tiny.test-support.js';

const schedule = { name: 'plateau', patience: 0, gamma: 0.5, threshold: 0.5 };
const train = { steps: 6, batchSize: 2, validateEvery: 1 };

test('a plateau hears the validations of a run', async () => {
  const { steps } = await runTiny({ schedule, train });
  // The first validation is the best so far; the losses after it are not half as large, so each halves the rate.
  const rates = steps.map(({ learningRate }) => learningRate / 1e-3);
  expect(rates).toEqual([1, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16]);
});

test.each([1, 3, 5])('it goes on bit for bit after step %i', async (stopAt) => {
  const whole = await runTiny({ schedule, train });
  const { folder } = await runTiny({ schedule, train }, { stopAt });
  await resumeTiny(folder);
  expect(await checkpointOf(folder)).toEqual(await checkpointOf(whole.folder));
});

test('it needs a validation set', async () => {
  const data = { labels: { classes: ['dark', 'bright'] }, train: 'two-tone' };
  const run = runTiny({ schedule, data, train });
  await expect(run).rejects.toThrow(ConfigError);
  await expect(run).rejects.toThrow(/schedule: this schedule follows validations/);
});
