import { expect, test } from 'vitest';

import { fuzzWeights } from './fuzz.test-support.js';

// 100,000 and their memory: npm run fuzz.
test('3,000 damaged files end in values or in a typed error', async () => {
  const { count, read } = await fuzzWeights(3000);
  expect(count).toBe(3000);
  // Some changes only change a value or a text; most must be found.
  expect(read).toBeGreaterThan(50);
  expect(read).toBeLessThan(1500);
});
