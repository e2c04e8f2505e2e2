import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

/** For tests: what a server does with the request of a number, counted from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** For tests: a server on this machine; it goes when the test is over. */
export async function archiveServer(answer: Answer) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { requests, url: (path: string) => `http://127.0.0.1:${String(port)}/${path}` };
}

/** For tests: answers as a good server does, ranges included. @param most - Bytes until the connection is cut. */
export function send(
  content: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  most = Infinity,
): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const range = `bytes ${String(start)}-${String(content.length - 1)}/${String(content.length)}`;
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': content.length - start,
    etag: '"one"',
    ...(from !== undefined && { 'content-range': range }),
  });
  const body = content.subarray(start, Math.min(start + most, content.length));
  response.write(body, () => {
    if (start + body.length < content.length) setTimeout(() => response.destroy(), 20);
    else response.end();
  });
}
