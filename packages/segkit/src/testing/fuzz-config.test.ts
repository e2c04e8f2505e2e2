import { expect, test } from 'vitest';

import { fuzzConfigs } from './fuzz-config.test-support.js';

// 10,000 of them: npm run fuzz -- config.
test('500 changed configs end in a config or in a typed error', async () => {
  const { count, valid } = await fuzzConfigs(500);
  expect(count).toBe(500);
  // Some changes change nothing that matters; most must be found.
  expect(valid).toBeGreaterThan(20);
  expect(valid).toBeLessThan(250);
});
