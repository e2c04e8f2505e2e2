import { EngineError } from '@segkit/core';
import { expect, test } from 'vitest';

import { chooseAdapter } from './choose-adapter.js';
import { fakeGpu } from './fake-gpu.test-support.js';

const choice = { powerPreference: 'high-performance', fallbackAdapter: false } as const;
const radeon = { device: 'AMD Radeon RX' };

test('the adapter that the browser offers is taken', async () => {
  const { info } = await chooseAdapter({ gpu: fakeGpu(radeon) }, choice);
  expect(info.device).toBe('AMD Radeon RX');
});

test('no adapter is an error that says what to install', async () => {
  const chosen = chooseAdapter({ gpu: fakeGpu(null) }, choice);
  await expect(chosen).rejects.toThrow(EngineError);
  await expect(chosen).rejects.toThrow(/there is no GPU to use.*driver/);
});

test.each([
  { device: 'some GPU', isFallbackAdapter: true },
  { device: 'SwiftShader Device (Subzero)' },
  { device: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
  { device: 'Microsoft Basic Render Driver' },
])('$device is refused unless it is allowed', async (info) => {
  const source = { gpu: fakeGpu(info) };
  await expect(chooseAdapter(source, choice)).rejects.toThrow(/`fallbackAdapter: true`/);
  await expect(chooseAdapter(source, { ...choice, fallbackAdapter: true })).resolves.toBeDefined();
});

test("an adapter is wanted by a part of its name; a browser's only one may be another", async () => {
  const source = { gpu: fakeGpu(radeon) };
  await expect(chooseAdapter(source, { ...choice, adapter: 'radeon' })).resolves.toBeDefined();
  await expect(chooseAdapter(source, { ...choice, adapter: 'nvidia' })).rejects.toThrow(
    /received "nvidia"; the browser offers: AMD Radeon RX/,
  );
});
