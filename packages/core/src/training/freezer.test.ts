import { describe, expect, test } from 'vitest';

import { checkpointOf, runTiny } from './run-tiny.test-support.js';

const model = { backbone: 'normed', decoder: 'last' };
const train = { steps: 3, batchSize: 2 };

/** Names whose values differ between two checkpoints. */
async function changed(folder: string, from: string, to: string): Promise<string[]> {
  const [before, after] = [await checkpointOf(folder, from), await checkpointOf(folder, to)];
  return [...before.weights]
    .filter(([name, { data }]) => {
      const next = after.weights.get(name)?.data ?? [];
      return data.some((value, i) => value !== next[i]);
    })
    .map(([name]) => name)
    .sort();
}

describe('freezing', () => {
  test('leaves what a pattern fits alone, running statistics too', async () => {
    const { folder } = await runTiny({
      model,
      train: { ...train, freeze: [{ match: 'backbone.*' }] },
    });
    expect(await changed(folder, 'step-1', 'step-3')).toEqual([
      'head.conv.bias',
      'head.conv.weight',
    ]);
  });

  test('ends after the steps that it is for', async () => {
    const { folder } = await runTiny({
      model,
      train: { ...train, freeze: [{ match: 'backbone.*', untilStep: 2 }] },
    });
    expect(await changed(folder, 'step-1', 'step-2')).toEqual([
      'head.conv.bias',
      'head.conv.weight',
    ]);
    expect(await changed(folder, 'step-2', 'step-3')).toContain('backbone.conv.weight');
    expect(await changed(folder, 'step-2', 'step-3')).toContain('backbone.bn.running_mean');
  });

  test('of statistics alone lets scale and shift be trained', async () => {
    const { folder } = await runTiny({
      model,
      train: { ...train, freeze: [{ match: '*.running_*' }] },
    });
    const names = await changed(folder, 'step-1', 'step-3');
    expect(names).toContain('backbone.bn.weight');
    expect(names).not.toContain('backbone.bn.running_mean');
    expect(names).not.toContain('backbone.bn.running_var');
  });

  test('normalises by the running statistics where these are frozen', async () => {
    // At first they are 0 and 1, so that the frozen norm passes its input on: another loss than by the batch's statistics.
    const free = await runTiny({ model, train: { steps: 1, batchSize: 2 } });
    const frozen = await runTiny({
      model,
      train: { steps: 1, batchSize: 2, freeze: [{ match: '*bn.running*' }] },
    });
    expect(frozen.steps[0]?.loss).not.toBeCloseTo(free.steps[0]?.loss ?? 0, 4);
  });

  test('must leave something to train, and fit something', async () => {
    await expect(runTiny({ train: { ...train, freeze: [{ match: '*' }] } })).rejects.toThrow(
      /train\.freeze: expected a parameter that is left to be trained/,
    );
    await expect(runTiny({ train: { ...train, freeze: [{ match: 'bone*' }] } })).rejects.toThrow(
      /train\.freeze\.0\.match: expected a pattern that fits .*; received "bone\*"/,
    );
  });
});
