import { open, type FileHandle } from 'node:fs/promises';

/** The server's answer is final: asking again would not help. */
export class Refusal extends Error {}

/** What tells whether a server still has the file that a part belongs to. */
export interface Validator {
  /** The server's `ETag` or date of the file. */
  tag: string | null;
  /** A checksum will tell, so that a part may be continued without a tag. */
  readonly trusted: boolean;
}

/** One request for what is missing of a file. */
export interface RemainderRequest {
  readonly url: string;
  /** The file to append to; made if it does not exist. */
  readonly part: string;
  readonly validator: Validator;
  /** Milliseconds without a byte. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((received: number, total: number | undefined) => void) | undefined;
}

/** No file of weights is larger, in bytes. */
const maxBytes = 16 * 1024 ** 3;

/** Requests that may do better a little later: timeouts, too many requests, trouble of the server. */
const isTemporary = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * Asks for the bytes of a file that a part lacks and appends them. A server that sends the whole file instead starts
 * the part anew.
 * @throws Refusal if asking again is of no use; another error if it may be.
 */
export async function appendRemainder(request: RemainderRequest): Promise<void> {
  const file = await open(request.part, 'a+');
  const watchdog = new Watchdog(request.timeout, request.signal);
  try {
    const { size } = await file.stat();
    const response = await requestFrom(request, size, watchdog.signal);
    watchdog.feed();
    if (request.url.startsWith('https:') && !response.url.startsWith('https:')) {
      throw new Refusal(`the server leads to an address that is not encrypted, ${response.url}`);
    }
    const start = await acceptedStart(response, size, file);
    request.validator.tag = tagOf(response);
    await append(file, response, start, request, watchdog);
    // On disk before it gets its name.
    await file.sync();
  } catch (error) {
    throw watchdog.expired
      ? new Error(`nothing was received for ${String(request.timeout)} ms`, { cause: error })
      : error;
  } finally {
    watchdog.stop();
    await file.close();
  }
}

function requestFrom(
  { url, validator }: RemainderRequest,
  have: number,
  signal: AbortSignal,
): Promise<Response> {
  // Lengths and ranges would otherwise count compressed bytes.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (have > 0 && (validator.trusted || validator.tag !== null)) {
    headers.range = `bytes=${String(have)}-`;
    if (validator.tag !== null) headers['if-range'] = validator.tag;
  }
  return fetch(url, { headers, signal });
}

/** A weak tag does not promise the same bytes. */
function tagOf({ headers }: Response): string | null {
  const tag = headers.get('etag');
  return tag !== null && !tag.startsWith('W/') ? tag : headers.get('last-modified');
}

/** Where the response's bytes belong; the part is emptied if that is at the start. */
async function acceptedStart(response: Response, have: number, file: FileHandle): Promise<number> {
  const { status } = response;
  if (status === 206) {
    const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (Number(start) === have) return have;
  }
  if (status === 200 || status === 206 || status === 416) await file.truncate(0);
  if (status === 200) return 0;
  await response.body?.cancel();
  const message = `the server answers ${String(status)} ${response.statusText}`.trim();
  // A range that is wrong or out of bounds: the next request is for all.
  if (status === 206 || status === 416 || isTemporary(status)) throw new Error(message);
  throw new Refusal(message);
}

async function append(
  file: FileHandle,
  response: Response,
  start: number,
  { onProgress }: RemainderRequest,
  watchdog: Watchdog,
): Promise<void> {
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : start + Number(length);
  let received = start;
  // Node's streams can be iterated, which the web's types do not say.
  const chunks = (response.body ?? []) as AsyncIterable<Uint8Array>;
  for await (const chunk of chunks) {
    watchdog.feed();
    received += chunk.length;
    if (received > Math.min(total ?? maxBytes, maxBytes)) throw new Refusal('the file is too long');
    await file.appendFile(chunk);
    onProgress?.(received, total);
  }
  if (total !== undefined && received < total) {
    throw new Error(`${String(received)} of ${String(total)} bytes were received`);
  }
}

/** Aborts when it was not fed for a while. */
class Watchdog {
  readonly signal: AbortSignal;
  expired = false;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(timeout: number, outer: AbortSignal | undefined) {
    const own = this.#controller.signal;
    this.signal = outer === undefined ? own : AbortSignal.any([own, outer]);
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#controller.abort();
    }, timeout);
  }

  feed(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
