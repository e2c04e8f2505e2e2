import { createApp, EngineError, silentLogger } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';

import { engines } from '../index.js';
import { resolveFromApp } from '../resolve-from-app.js';
import { DeviceLostError, OutOfMemoryError } from './errors.js';
import { missingSoftwareGpu } from './software-gpu.test-support.js';

const app = createApp({ plugins: engines, logger: silentLogger });
const start = (options: object = {}): Promise<string> =>
  app.startEngine({ name: 'webgpu', fallbackAdapter: true, ...options });

afterAll(async () => {
  await tf.setBackend('cpu');
});

test.skipIf(resolveFromApp('webgpu') !== undefined)(
  'packages that are not installed are an error with the command that installs them',
  async () => {
    await expect(start()).rejects.toMatchObject({ name: 'EngineError', notInstalled: true });
    await expect(start()).rejects.toThrow(/npm install webgpu @tensorflow\/tfjs-backend-webgpu/);
  },
);

test.each([{ powerPreference: 'slow' }, { adapter: '' }, { fallbackAdapter: 'yes' }])(
  'wrong options are refused: %j',
  (options) => {
    const schema = app.registry.schemaOf(app.registry.find('engine', 'webgpu'));
    expect(schema.safeParse(options).success).toBe(false);
  },
);

const missing = missingSoftwareGpu();
const real = test.skipIf(missing !== undefined);
if (missing !== undefined) console.log(`webgpu on SwiftShader is not tested: ${missing}.`);

real('starts and trains; values are read with and without waiting', async () => {
  expect(await start()).toBe('webgpu');
  expect(tf.getBackend()).toBe('webgpu');
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  // The gradient of sum(conv(x, w)) by the only weight of a 1x1 filter is the sum of the pixels.
  const gradient = tf.grad((w) => tf.sum(tf.conv2d(x, w as tf.Tensor4D, 1, 'same')));
  expect([...gradient(tf.ones([1, 1, 1, 1])).dataSync()]).toEqual([10]);
  expect([...(await tf.mul(x, 2).data())]).toEqual([2, 4, 6, 8]);
  // Of every dtype, on the GPU: int32 and bool lie there as 32-bit numbers.
  expect([...tf.add(tf.tensor1d([1, 2], 'int32'), tf.range(0, 2, 1, 'int32')).dataSync()]).toEqual([
    1, 3,
  ]);
  expect([...tf.greater(x, 2).dataSync()]).toEqual([0, 0, 1, 1]);
  // It would keep the process from ending.
  expect((globalThis as { navigator?: object }).navigator ?? {}).not.toHaveProperty('gpu');
});

real('a second start goes on with the same device', async () => {
  const tensor = tf.add(tf.ones([1000]), 1);
  await start();
  expect((await tensor.data())[999]).toBe(2);
});

real('a software adapter is used only if that is allowed', async () => {
  await expect(start({ fallbackAdapter: false })).rejects.toThrow(/`fallbackAdapter: true`/);
});

real(
  'an adapter is found by a part of its name; if there is none, the error lists all',
  async () => {
    await expect(start({ adapter: 'no such' })).rejects.toThrow(EngineError);
    await expect(start({ adapter: 'no such' })).rejects.toThrow(
      /received "no such"; there are: "./,
    );
    expect(await start({ adapter: 'SHADER' })).toBe('webgpu');
  },
);

real(
  'a tensor that is larger than the device allows is an OutOfMemoryError; the engine goes on',
  async () => {
    await start();
    // 4 x 2^30 bytes; SwiftShader allows 2^30.
    const side = 2 ** 15;
    expect(() => tf.tidy(() => tf.fill([side, side], 1))).toThrow(OutOfMemoryError);
    expect([...(await tf.add(tf.ones([2]), 1).data())]).toEqual([2, 2]);
  },
);

real(
  'a device that is lost is a DeviceLostError at the next read, and a new start repairs it',
  async () => {
    await start();
    const tensor = tf.add(tf.ones([1000]), 1);
    const read = tensor.data();
    (tf.backend() as unknown as { device: { destroy(): void } }).device.destroy();
    await expect(read.then(() => tf.add(tensor, 1).data())).rejects.toThrow(DeviceLostError);
    expect(() => tf.add(tensor, 1)).toThrow(DeviceLostError);
    await start();
    expect((await tf.add(tf.ones([1000]), 1).data())[0]).toBe(2);
  },
);
