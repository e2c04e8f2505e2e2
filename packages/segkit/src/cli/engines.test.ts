import { engines } from '@segkit/engines';
import { expect, test } from 'vitest';

import { segkit } from './tiny-config.test-support.js';

test('engines are listed, with what is there of their libraries', async () => {
  const { code, out } = await segkit('engines', '--json');
  expect(code).toBe(0);
  const listed = JSON.parse(out) as { name: string; library: string | null }[];
  expect(listed.map(({ name }) => name)).toEqual(engines.map(({ name }) => name));
  expect(listed.find(({ name }) => name === 'ort')).toMatchObject({ library: null });
  expect(listed.find(({ name }) => name === 'tfjs-node')).toMatchObject({
    library: expect.stringMatching(/TensorFlow|npm|not installed/) as string,
  });
  expect((await segkit('engines')).out).toMatch(/│ tfjs-node +│ TensorFlow's C library/);
});

test.skipIf(process.platform !== 'linux')('what to install first is an error', async () => {
  const { code, err } = await segkit('engines', 'install-tensorflow', '--gpu', '--wheel', 'a.whl');
  expect(code).toBe(1);
  expect(err).toMatch(
    /^error: engines install-tensorflow: .*npm install @tensorflow\/tfjs-node-gpu/,
  );
  const { out } = await segkit('engines', 'uninstall-tensorflow', '--gpu');
  expect(out).toBe('There was none of ours.\n');
});
