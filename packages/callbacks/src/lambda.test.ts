import { createApp, silentLogger, type Spec } from '@segkit/core';
import { expect, test } from 'vitest';

import { lambdaCallback } from './lambda.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { step, validation } from './make-events.test-support.js';

test('hands every event and the run to the function, and closes', async () => {
  const seen: unknown[] = [];
  const plugin = lambdaCallback(
    'lambda-probe',
    (event, run) => {
      seen.push(event.type);
      if (event.type === 'validation') run.stop('seen enough');
    },
    { close: () => void seen.push('closed') },
  );
  const callback = makeCallback(plugin);
  const run = fakeRun(null);
  await send(callback, run, [step(1), validation(1)]);
  await callback.close?.();
  expect(seen).toEqual(['step', 'validation', 'closed']);
  expect(run.stops).toEqual(['seen enough']);
});

test('stops the run on errors unless told otherwise', () => {
  const handle = () => undefined;
  expect(makeCallback(lambdaCallback('lambda-a', handle)).onError).toBe('stop');
  expect(makeCallback(lambdaCallback('lambda-b', handle, { onError: 'warn' })).onError).toBe(
    'warn',
  );
});

test('takes no options', () => {
  const plugin = lambdaCallback('lambda-probe', () => undefined);
  const { registry } = createApp({ plugins: [plugin], logger: silentLogger });
  expect(registry.spec('callback').safeParse({ name: 'lambda-probe', every: 1 }).success).toBe(
    false,
  );
});

test('configs may name it, and nothing that is misspelt', () => {
  const callbacks: Spec<'callback'>[] = ['lambda-bell', { name: 'lambda-bell' }];
  // @ts-expect-error: no callback is called so.
  callbacks.push('lamda-bell');
  // @ts-expect-error: it takes no options.
  callbacks.push({ name: 'lambda-bell', every: 2 });
  expect(callbacks).toHaveLength(4);
});
