import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { checkpointOf, resumeTiny, runTiny } from './run-tiny.test-support.js';

const model = (...auxiliary: readonly object[]) => ({
  backbone: 'tiny',
  decoder: 'last',
  auxiliary,
});
const train = { steps: 3, batchSize: 2 };

test('add their losses by their weights, and leave the network itself as it begins', async () => {
  const lossOf = async (...auxiliary: readonly object[]): Promise<number> => {
    const { steps } = await runTiny({ model: model(...auxiliary), train: { ...train, steps: 1 } });
    return steps[0]?.loss ?? Number.NaN;
  };
  // loss(weight) = own + weight * auxiliary: twice the weight adds twice as much.
  const own = await lossOf();
  const added = (await lossOf({ level: 0, weight: 0.4 })) - own;
  expect(added).toBeGreaterThan(0.1);
  expect((await lossOf({ level: -1, weight: 0.8 })) - own).toBeCloseTo(2 * added, 5);
});

test('are trained, saved and resumed; validations do without them', async () => {
  const config = { model: model({ level: 0 }), train: { ...train, steps: 4 } };
  const whole = await runTiny(config);
  const { weights } = await checkpointOf(whole.folder);
  const first = await checkpointOf(whole.folder, 'step-1');
  const name = 'auxiliary.0.conv.weight';
  expect(weights.get(name)?.data).not.toEqual(first.weights.get(name)?.data);
  const { folder } = await runTiny(config, { stopAt: 2 });
  await resumeTiny(folder);
  expect(await checkpointOf(folder)).toEqual(await checkpointOf(whole.folder));
});

test('are on a map that the backbone has', async () => {
  const run = runTiny({ model: model({ level: -2 }), train });
  await expect(run).rejects.toThrow(ConfigError);
  await expect(run).rejects.toThrow(
    /model\.auxiliary\.0\.level: expected one of the backbone's 1 maps, from -1 to 0; received -2/,
  );
});
