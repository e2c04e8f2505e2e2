import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { CheckpointError } from '../errors.js';
import { cacheFolder } from './cache-folder.js';
import { downloadFile, type DownloadOptions } from './download.js';

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) % 256));
const sha256 = createHash('sha256').update(content).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A server on this machine that answers as told; and a folder to download to. */
async function serve(answer: Answer) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'segkit-download-'));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}/net.pth`;
  const path = join(folder, 'weights', 'net.pth');
  const download = (options: DownloadOptions = {}) =>
    downloadFile(url, path, { delay: 1, timeout: 500, ...options });
  const left = () =>
    existsSync(join(folder, 'weights')) ? readdirSync(join(folder, 'weights')) : [];
  return { requests, path, download, left, url };
}

/** Answers as a good server does, ranges included, but at most `most` bytes before the connection is cut. */
function send(request: IncomingMessage, response: ServerResponse, most = Infinity): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  if (start >= content.length) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': content.length - start,
    etag: '"one"',
    ...(from === undefined
      ? {}
      : {
          'content-range': `bytes ${from}-${String(content.length - 1)}/${String(content.length)}`,
        }),
  });
  const body = content.subarray(start, Math.min(start + most, content.length));
  response.write(body, () => {
    if (start + body.length < content.length) setTimeout(() => response.destroy(), 20);
    else response.end();
  });
}

test('downloads, checks and tells its progress', async () => {
  const { path, download, left } = await serve((request, response) => {
    send(request, response);
  });
  const progress: (readonly [number, number | undefined])[] = [];
  await download({ sha256, onProgress: (...state) => progress.push(state) });
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(left()).toEqual(['net.pth']);
  expect(progress.at(-1)).toEqual([content.length, content.length]);
  // The first digits do, as in torchvision's names.
  await download({ sha256: sha256.slice(0, 8) });
});

test('goes on where a connection was cut', async () => {
  const { requests, path, download } = await serve((request, response, count) => {
    send(request, response, count < 4 ? 60_000 : Infinity);
  });
  // Pieces arrive each time, so the cuts are no attempts in a row that bring nothing.
  await download({ sha256, attempts: 2 });
  expect(readFileSync(path).equals(content)).toBe(true);
  const ranges = requests.map(({ headers }) => headers.range);
  expect(ranges).toEqual([undefined, 'bytes=60000-', 'bytes=120000-', 'bytes=180000-']);
  expect(requests[1]?.headers['if-range']).toBe('"one"');
});

test('goes on from what a killed process left, and from what a failed one left', async () => {
  for (const name of ['net.pth.part', 'net.pth.999999999-0123abcd.part']) {
    const { requests, path, download, left } = await serve((request, response) => {
      send(request, response);
    });
    await download({ sha256 });
    rmSync(path);
    writeFileSync(join(path, '..', name), content.subarray(0, 150_000));
    await download({ sha256 });
    expect(requests[1]?.headers.range).toBe('bytes=150000-');
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(left()).toEqual(['net.pth']);
    // Without a checksum nobody could tell what the part belongs to.
    writeFileSync(join(path, '..', name), 'of another file');
    await download();
    expect(requests[2]?.headers.range).toBeUndefined();
    expect(readFileSync(path).equals(content)).toBe(true);
  }
});

test('a part of another file is thrown away', async () => {
  const { requests, path, download } = await serve((request, response) => {
    send(request, response);
  });
  await download({ sha256 });
  writeFileSync(`${path}.part`, Buffer.alloc(1000));
  await download({ sha256 });
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(requests).toHaveLength(3);
  // Longer than the file: the server refuses the range.
  writeFileSync(`${path}.part`, Buffer.alloc(300_000));
  await download({ sha256 });
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('a server without ranges, or one that ignores them, sends all again', async () => {
  const { requests, path, download } = await serve((_, response, count) => {
    response.writeHead(200, { 'content-length': content.length });
    if (count > 1) response.end(content);
    else
      response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
  });
  await download({ sha256 });
  expect(requests[1]?.headers.range).toBe('bytes=50000-');
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('a file that changed in between is fetched anew', async () => {
  const { requests, path, download } = await serve((request, response, count) => {
    if (count === 1) {
      send(request, response, 70_000);
      return;
    }
    expect(request.headers['if-range']).toBe('"one"');
    response.writeHead(200, { etag: '"two"' }).end('new');
  });
  await download();
  expect(requests).toHaveLength(2);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a range that starts elsewhere is not taken', async () => {
  const { path, download } = await serve((request, response, count) => {
    if (count === 1) send(request, response, 70_000);
    else if (count > 2) send(request, response);
    else {
      response.writeHead(206, { 'content-range': `bytes 5-${String(content.length - 1)}/200000` });
      response.end(content.subarray(5));
    }
  });
  await download({ sha256 });
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('another checksum is an error, and nothing is kept', async () => {
  const { download, left } = await serve((request, response) => {
    send(request, response);
  });
  const failed = download({ sha256: '0'.repeat(64) });
  await expect(failed).rejects.toThrow(CheckpointError);
  await expect(failed).rejects.toThrow(
    new RegExp(`expected a file with the SHA-256 0{64}, received ${sha256}`),
  );
  expect(left()).toEqual([]);
});

test('404 is final, 503 is asked again', async () => {
  const missing = await serve((_, response) => response.writeHead(404).end('no such file'));
  await expect(missing.download()).rejects.toThrow(
    /cannot be downloaded \(the server answers 404 Not Found\)\. Without a network, get the file elsewhere and put it at/,
  );
  expect(missing.requests).toHaveLength(1);
  const busy = await serve((request, response, count) => {
    if (count < 3) response.writeHead(503).end();
    else send(request, response);
  });
  await busy.download({ sha256 });
  expect(busy.requests).toHaveLength(3);
  const dead = await serve((_, response) => response.writeHead(500).end());
  await expect(dead.download({ attempts: 3 })).rejects.toThrow(/500/);
  expect(dead.requests).toHaveLength(3);
});

test('follows redirections', async () => {
  const { path, download } = await serve((request, response) => {
    if (request.url === '/elsewhere') send(request, response);
    else response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await download({ sha256 });
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('a server that falls silent counts as cut', async () => {
  const { path, requests, download } = await serve((request, response, count) => {
    if (count > 1) send(request, response);
    else {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 10_000));
    }
  });
  await download({ sha256, timeout: 100 });
  expect(requests).toHaveLength(2);
  expect(readFileSync(path).equals(content)).toBe(true);
  const silent = await serve(() => undefined);
  await expect(silent.download({ timeout: 50, attempts: 2 })).rejects.toThrow(
    /nothing was received for 50 ms/,
  );
});

test('no server at all', async () => {
  const { url, path } = await serve(() => undefined);
  const closed = url.replace(/:\d+\//, ':1/');
  await expect(downloadFile(closed, path, { delay: 1, attempts: 2 })).rejects.toThrow(
    /cannot be downloaded \(.*(ECONNREFUSED|bad port).*\)\. Without a network/,
  );
});

test('aborting leaves the part for the next download', async () => {
  const controller = new AbortController();
  const { path, download, left } = await serve((request, response) => {
    send(request, response, 90_000);
  });
  const aborted = download({
    sha256,
    signal: controller.signal,
    onProgress: (received) => {
      if (received >= 90_000) controller.abort();
    },
  });
  await expect(aborted).rejects.toThrow(CheckpointError);
  expect(left()).toEqual(['net.pth.part']);
  expect(readFileSync(`${path}.part`)).toEqual(content.subarray(0, 90_000));
});

test('the cache lies where the environment says', () => {
  expect(cacheFolder({ SEGKIT_CACHE: '/a/b' })).toBe('/a/b');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'segkit'));
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative', SEGKIT_CACHE: '' })).toMatch(
    /\.cache[/\\]segkit$/,
  );
});
