import { setTimeout as sleep } from 'node:timers/promises';

import { messageOf, TrainingError } from '@segkit/core';

/** What to post. */
export interface PostRequest {
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Seconds for an attempt. */
  readonly timeout: number;
  /** Aborting it gives up at once. */
  readonly signal: AbortSignal;
}

/** How often to try again. */
export interface RetryOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Seconds before the second attempt; doubles each time. */
  readonly backoff: number;
}

/**
 * Posts JSON until it is taken. Statuses that will not change (most of 4xx) are not tried again.
 * @throws TrainingError that names the receiver, not its whole address, which may hold a secret.
 */
export async function postWithRetry(
  request: PostRequest,
  { retries, backoff }: RetryOptions,
): Promise<void> {
  const { address, signal } = request;
  for (let attempt = 0; ; attempt++) {
    const failure = await tryPost(request);
    if (failure === undefined) return;
    if (failure.isFinal || attempt >= retries || signal.aborted) {
      const times = attempt === 0 ? '' : ` in ${String(attempt + 1)} attempts`;
      throw new TrainingError(`webhook: ${address.host} took no event${times}: ${failure.reason}.`);
    }
    await sleep(1000 * backoff * 2 ** attempt, undefined, { signal }).catch(() => undefined);
  }
}

interface Failure {
  readonly reason: string;
  readonly isFinal: boolean;
}

async function tryPost(request: PostRequest): Promise<Failure | undefined> {
  const { address, headers, body, timeout, signal } = request;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(1000 * timeout)]),
    });
    // Frees the connection.
    await response.body?.cancel();
    if (response.ok) return undefined;
    const { status } = response;
    const isFinal = status < 500 && status !== 408 && status !== 429;
    return { reason: `status ${String(status)}`, isFinal };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { reason: messageOf(cause), isFinal: false };
  }
}
