import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ConfigError } from '@segkit/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { runEnd, runStart, step, validation } from './make-events.test-support.js';
import { webhook } from './webhook.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly method: string | undefined;
  readonly body: { readonly type: string } & Record<string, unknown>;
}

let server: Server;
let url: string;
let received: Received[];
/** Statuses of the next answers, 200 after them; `hang` gives none. */
let answers: (number | 'hang')[];

beforeEach(async () => {
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as Received['body'];
      received.push({ headers: request.headers, method: request.method, body });
      const answer = answers.shift() ?? 200;
      if (answer !== 'hang') response.writeHead(answer).end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook?key=secret`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const make = (options: object = {}) => makeCallback(webhook, { url, backoff: 0.001, ...options });
const typesOf = () => received.map(({ body }) => body.type);

test('posts the chosen events in order as JSON, with the run and the time', async () => {
  const callback = make({ events: ['validation', 'run-end'], headers: { 'x-team': 'cells' } });
  const run = fakeRun('/data/runs/my-run');
  await send(callback, run, [
    runStart(),
    step(1),
    validation(1, { meanIoU: 0.5, dice: Number.NaN }),
    runEnd(1),
  ]);
  await callback.close?.();
  expect(typesOf()).toEqual(['validation', 'run-end']);
  expect(received[0]).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-team': 'cells' },
    body: { run: 'my-run', step: 1, metrics: { meanIoU: 0.5, dice: null } },
  });
  expect(received[0]?.body['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('training does not wait for it', async () => {
  answers = ['hang'];
  const callback = make({ timeout: 2, retries: 0 });
  // Had the first post been waited for, its failure would come with the next event.
  await send(callback, fakeRun(null), [runStart(), step(1), step(2)]);
  await expect(callback.close?.()).rejects.toThrow(/took no event/);
});

test('the end of the run waits for no longer than the timeout', async () => {
  answers = Array<'hang'>(9).fill('hang');
  const callback = make({ timeout: 0.2, retries: 9, backoff: 60, events: ['step'] });
  await send(callback, fakeRun(null), [step(1), step(2), step(3)]);
  const started = performance.now();
  await expect(callback.close?.()).rejects.toThrow(/127\.0\.0\.1:\d+ took no event/);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(received.length).toBeLessThanOrEqual(2);
});

describe('a post that fails', () => {
  test.each([500, 503, 408, 429, 'hang'] as const)('with %s is tried again', async (answer) => {
    answers = [answer, answer];
    const callback = make({ timeout: 0.5 });
    await send(callback, fakeRun(null), [validation(1)]);
    // The end of the run would give up the attempts that are still to come.
    await vi.waitFor(
      () => {
        expect(received).toHaveLength(3);
      },
      { timeout: 30_000 },
    );
    await callback.close?.();
    expect(typesOf()).toEqual(['validation', 'validation', 'validation']);
  });

  test('with 404 is not, and its warning keeps the address to itself', async () => {
    answers = [404];
    const callback = make();
    await send(callback, fakeRun(null), [validation(1)]);
    // The event after the answer brings the news.
    await vi.waitFor(() =>
      expect(send(callback, fakeRun(null), [step(2)])).rejects.toThrow(
        /^webhook: 127\.0\.0\.1:\d+ took no event: status 404\.$/,
      ),
    );
    // Said once.
    await send(callback, fakeRun(null), [step(3)]);
    await callback.close?.();
    expect(received).toHaveLength(1);
  });

  test('for good is told with the number of attempts', async () => {
    answers = [500, 500, 500];
    const callback = make({ retries: 2 });
    await send(callback, fakeRun(null), [validation(1)]);
    await expect(callback.close?.()).rejects.toThrow(/took no event in 3 attempts: status 500/);
  });

  test('because nobody listens is told', async () => {
    await new Promise((resolve) => server.close(resolve));
    const callback = make({ retries: 1 });
    await send(callback, fakeRun(null), [validation(1)]);
    await expect(callback.close?.()).rejects.toThrow(
      /127\.0\.0\.1:\d+ took no event in 2 attempts: .*ECONNREFUSED/,
    );
  });

  test('lets the next ones through', async () => {
    answers = [404];
    const callback = make({ events: ['step'] });
    await send(callback, fakeRun(null), [step(1), step(2)]);
    await expect(callback.close?.()).rejects.toThrow(/404/);
    expect(received.map(({ body }) => body['step'])).toEqual([1, 2]);
  });
});

test('a receiver that is too slow costs events, not memory', async () => {
  answers = ['hang'];
  const callback = make({ timeout: 0.05, retries: 0, events: ['step'] });
  const steps = Array.from({ length: 102 }, (_, index) => step(index + 1));
  const sending = send(callback, fakeRun(null), steps);
  await expect(sending).rejects.toThrow(/is too slow: step was not posted; post fewer events/);
  await Promise.resolve(callback.close?.()).catch(() => undefined);
});

describe('secrets', () => {
  test('come from the environment', async () => {
    process.env.SEGKIT_TEST_HOOK = url;
    const headers = { authorization: 'Bearer ${SEGKIT_TEST_TOKEN}' };
    try {
      expect(() => make({ url: '${SEGKIT_TEST_HOOK}', headers })).toThrow(ConfigError);
      expect(() => make({ headers })).toThrow(
        /callbacks\.0\.headers\.authorization: expected the environment variable SEGKIT_TEST_TOKEN/,
      );
      process.env.SEGKIT_TEST_TOKEN = 'abc';
      const callback = make({ url: '${SEGKIT_TEST_HOOK}', headers });
      await send(callback, fakeRun(null), [validation(1)]);
      await callback.close?.();
      expect(received[0]?.headers.authorization).toBe('Bearer abc');
    } finally {
      delete process.env.SEGKIT_TEST_HOOK;
      delete process.env.SEGKIT_TEST_TOKEN;
    }
  });
});

test.each(['example.org/hook', 'file:///etc/passwd', 'http://', '${HOME}'])(
  'refuses %s',
  (address) => {
    expect(() => make({ url: address })).toThrow(/address/);
  },
);
