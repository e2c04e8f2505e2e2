import { basename } from 'node:path';

import { type Callback, ConfigError, defineCallback } from '@segkit/core';
import * as z from 'zod';

import { eventToJson } from './event-json.js';
import { eventTypes } from './event-line.js';
import { fillSecrets } from './fill-secrets.js';
import { postWithRetry } from './post-with-retry.js';

const options = z.strictObject({
  url: z
    .string()
    .regex(/^(https?:\/\/|\$\{)/, { error: 'expected an address that starts with http(s)://' })
    .describe('Where to post; ${NAME} stands for an environment variable.'),
  events: z
    .array(z.enum(eventTypes))
    .min(1)
    .default(['run-start', 'validation', 'warning', 'run-end'])
    .describe('Types of the events to post.'),
  headers: z
    .record(z.string().min(1), z.string())
    .default({})
    .describe('Headers to send; ${NAME} stands for an environment variable.'),
  timeout: z
    .number()
    .positive()
    .max(600)
    .default(10)
    .describe(
      'Seconds that an attempt, and the wait for the last ones when the run ends, may take.',
    ),
  retries: z.number().int().nonnegative().default(3).describe('Attempts after a failed one.'),
  backoff: z
    .number()
    .nonnegative()
    .default(1)
    .describe('Seconds before the first of them; doubles each time.'),
});

/** Options of the callback `webhook`. */
export type WebhookOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    webhook: WebhookOptions;
  }
}

/** Events that may wait for a slow receiver. */
const longestQueue = 100;

type WebhookSettings = z.output<typeof options> & {
  /** The callback's place in the config. */
  readonly path: string;
};

/** @param now - Milliseconds since 1970, for the `time` field. */
export function webhookCallback(
  { url, events, headers, timeout, path, ...retrying }: WebhookSettings,
  now: () => number = Date.now,
): Callback {
  const address = expectUrl(fillSecrets(url, `${path}.url`), `${path}.url`);
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      fillSecrets(value, `${path}.headers.${name}`),
    ]),
  );
  const abandoned = new AbortController();
  const failures: Error[] = [];
  let waiting = 0;
  let posting = Promise.resolve();

  const post = async (body: string): Promise<void> => {
    try {
      const request = { address, headers: filled, body, timeout, signal: abandoned.signal };
      await postWithRetry(request, retrying);
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    } finally {
      waiting -= 1;
    }
  };
  const throwFailure = (): void => {
    const failure = failures[0];
    failures.length = 0;
    if (failure !== undefined) throw failure;
  };

  return {
    // Training does not depend on being talked about.
    onError: 'warn',
    handle: (event, { folder }) => {
      if (events.some((type) => type === event.type)) {
        if (waiting >= longestQueue) {
          failures.push(
            new Error(
              `${address.host} is too slow: ${event.type} was not posted; post fewer events.`,
            ),
          );
        } else {
          waiting += 1;
          const run = folder === null ? {} : { run: basename(folder) };
          const body = eventToJson(event, now(), run);
          posting = posting.then(() => post(body));
        }
      }
      // A warning about a failed post is no place to throw: nobody would hear of it.
      if (event.type !== 'warning') throwFailure();
    },
    close: async () => {
      const given = setTimeout(() => {
        abandoned.abort();
      }, timeout * 1000);
      await posting;
      clearTimeout(given);
      throwFailure();
    },
  };
}

function expectUrl(text: string, path: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  // The text may hold a secret.
  const message = 'expected an address such as https://example.org/hook';
  throw new ConfigError(`${path}: ${message}.`, [{ path, message }]);
}

/**
 * Posts events as JSON to an address: what `jsonl-log` writes, and the `run`'s folder name. Posts go out one after
 * another beside the training, which never waits for them; only when the run ends, for at most `timeout` seconds. A post
 * that fails for want of a network, by a timeout or with status 408, 429 or 5xx is tried again. One that fails for good
 * becomes a warning event.
 *
 * Secrets stay out of the run's stored config when they are written as `${NAME}` and come from the environment.
 */
export const webhook = defineCallback({
  name: 'webhook',
  description: 'Posts events as JSON to an address.',
  options,
  create: (resolved, { path }) => webhookCallback({ ...resolved, path }),
});
