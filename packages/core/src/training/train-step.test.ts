import { expect, test } from 'vitest';

import { checkpointOf, runTiny, type TinyRun } from './run-tiny.test-support.js';

const sgd = { name: 'sgd', learningRate: 0.5 };

async function expectSameWeights(a: TinyRun, b: TinyRun, atol: number): Promise<void> {
  const [one, other] = [await checkpointOf(a.folder), await checkpointOf(b.folder)];
  for (const [name, { data }] of one.weights) {
    expect(other.weights.get(name)?.data, name).toBeAllClose([...data], { rtol: 0, atol });
  }
}

test('accumulated batches train as the large batch does, the last and smaller one too', async () => {
  // Six samples: a step of four and one of two; as small batches 3 + 1 and 2, or 1 + 1 + 1 + 1 and 1 + 1.
  const whole = await runTiny({ optimizer: sgd, train: { steps: 6, batchSize: 4 } });
  const parts = await runTiny({ optimizer: sgd, train: { steps: 6, batchSize: 1, accumulate: 4 } });
  expect(parts.events[0]).toMatchObject({ batchSize: 4, stepsPerEpoch: 2 });
  expect(parts.steps.map(({ loss }) => loss)).toBeAllClose(
    whole.steps.map(({ loss }) => loss),
    { rtol: 1e-5, atol: 1e-6 },
  );
  await expectSameWeights(whole, parts, 1e-5);

  const uneven = { steps: 1, batchSize: 3, accumulate: 2 };
  const large = await runTiny({ optimizer: sgd, train: { steps: 1, batchSize: 6 } });
  await expectSameWeights(large, await runTiny({ optimizer: sgd, train: uneven }), 1e-6);
});

test('tells the norm of the gradients, and descends by no more than the bound', async () => {
  const train = { steps: 2, batchSize: 2 };
  const free = await runTiny({ optimizer: sgd, train });
  const norm = free.steps[0]?.gradientNorm ?? Number.NaN;
  expect(norm).toBeGreaterThan(0.1);
  const bound = await runTiny({ optimizer: sgd, train: { ...train, clipNorm: norm / 10 } });
  // The gradients of the first step are the same; what differs is how far the step goes.
  expect(bound.steps[0]?.gradientNorm).toBe(norm);
  const length = Math.hypot(...(await moves(bound.folder)));
  expect(length).toBeCloseTo(norm / 10, 5);
  const cut = await runTiny({ optimizer: sgd, train: { ...train, clipValue: 1e-4 } });
  expect(Math.max(...(await moves(cut.folder)).map(Math.abs))).toBeCloseTo(1e-4, 6);
});

test('a bound on norm and on value at once is refused', async () => {
  const train = { steps: 1, clipNorm: 1, clipValue: 1 };
  await expect(runTiny({ train })).rejects.toThrow(/train: expected either "clipNorm" or "clip/);
});

/** How far one step of plain descent moved each number, by its rate of 0.5. */
async function moves(folder: string): Promise<number[]> {
  const before = await checkpointOf(folder, 'step-1');
  const after = await checkpointOf(folder, 'step-2');
  return [...before.weights].flatMap(([name, { data }]) =>
    Array.from(data, (value, i) => ((after.weights.get(name)?.data[i] ?? 0) - value) / 0.5),
  );
}
