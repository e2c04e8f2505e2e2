import { EngineError } from '@segkit/core';
import { beforeEach, expect, test } from 'vitest';

import { DeviceGuard } from './device-guard.js';
import { DeviceLostError, OutOfMemoryError } from './errors.js';
import { FakeDevice, GPUOutOfMemoryError, GPUValidationError } from './fake-gpu.test-support.js';

let device: FakeDevice;
let guard: DeviceGuard;

beforeEach(() => {
  device = new FakeDevice();
  guard = new DeviceGuard(device, 'Fake GPU');
});

const values = (): Promise<string> => Promise.resolve('values');
const never = (): Promise<string> => new Promise(() => undefined);

test('what goes well passes, and every error scope is closed', async () => {
  device.createBuffer({ size: 1000, usage: 0 });
  expect(device.scopes).toBe(0);
  expect(await guard.watch(values)).toBe('values');
  expect(guard.isSound).toBe(true);
});

test('a lost device ends a read that would wait for ever, with the reason, and all that follow', async () => {
  const read = guard.watch(never);
  device.lose('unknown', 'the driver was reset');
  await expect(read).rejects.toThrow(DeviceLostError);
  await expect(read).rejects.toMatchObject({ name: 'DeviceLostError', reason: 'unknown' });
  await expect(guard.watch(values)).rejects.toThrow(
    /engine webgpu: the device "Fake GPU" was lost \(unknown: the driver was reset\)/,
  );
  expect(() => {
    guard.expectSound();
  }).toThrow(EngineError);
});

test('a read that fails before the device says that it is lost fails for that reason', async () => {
  const read = guard.watch(() => Promise.reject(new Error('AbortError')));
  setTimeout(() => {
    device.lose('unknown', '');
  }, 20);
  await expect(read).rejects.toThrow(DeviceLostError);
});

test('a read that fails for no known reason is an EngineError with the cause', async () => {
  const read = guard.watch(() => Promise.reject(new Error('mapping failed')));
  await expect(read).rejects.toThrow(/"Fake GPU" refused its work: mapping failed/);
});

test('an allocation that found no room is told with its bytes before values are given out', async () => {
  device.nextAllocation = () => Promise.resolve(new GPUOutOfMemoryError('allocation failed'));
  device.createBuffer({ size: 800, usage: 0 });
  // The refusal of what is computed with such a buffer may be told first.
  device.report(new GPUValidationError('[Buffer] is invalid'));
  const read = guard.watch(values);
  await expect(read).rejects.toThrow(OutOfMemoryError);
  await expect(read).rejects.toMatchObject({ name: 'OutOfMemoryError', bytes: 800 });
  await expect(read).rejects.toThrow(
    /no 800 bytes on "Fake GPU": allocation failed\. Use a smaller/,
  );
});

test('a tensor larger than the device allows is an error at once, and does no harm', async () => {
  // The limit is the lower of 2000 bytes for a buffer and 1000 for what a kernel may bind.
  expect(() => device.createBuffer({ size: 1001, usage: 0 })).toThrow(OutOfMemoryError);
  expect(() => device.createBuffer({ size: 1001, usage: 0 })).toThrow(/may have 1000 there/);
  expect(await guard.watch(values)).toBe('values');
});

test('memory to be mapped at once that is not there is an OutOfMemoryError too', () => {
  device = new FakeDevice();
  device.createBuffer = () => {
    throw new RangeError('createBuffer failed');
  };
  new DeviceGuard(device, 'Fake GPU');
  expect(() => device.createBuffer({ size: 10, usage: 0 })).toThrow(OutOfMemoryError);
  expect(device.scopes).toBe(0);
});

test('memory that ran out elsewhere has no known size', async () => {
  device.report(new GPUOutOfMemoryError('no memory'));
  await expect(guard.watch(values)).rejects.toMatchObject({ bytes: null });
});

test('a call that the device refuses makes the results that follow an error', async () => {
  device.report(new GPUValidationError('binding 3 is missing'));
  await expect(guard.watch(values)).rejects.toThrow(/refused its work: binding 3 is missing/);
});

test('a device that is closed may be destroyed', async () => {
  guard.close();
  device.destroy();
  await device.lost;
  expect(guard.isSound).toBe(true);
});
