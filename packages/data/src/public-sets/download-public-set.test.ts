import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataError } from '@segkit/core';
import { beforeEach, expect, test, vi } from 'vitest';

import { archiveServer, send, type Answer } from './archive-server.test-support.js';
import { downloadPublicSet } from './download-public-set.js';
import type { PublicSet } from './public-set.js';
import { publicSets } from './public-sets.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../../oracles/fixtures/archives/${name}`, import.meta.url));
const sound = fixture('sound.tar.gz');
const sha256 = createHash('sha256').update(sound).digest('hex');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-sets-'));
  vi.stubEnv('SEGKIT_CACHE', join(folder, 'cache'));
  return () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  };
});

/** A set of one archive on a server of our own. */
async function published(answer: Answer, known: string | null = sha256) {
  const server = await archiveServer(answer);
  const set: PublicSet = {
    name: 'toy',
    description: 'A toy.',
    licence: 'none',
    page: 'https://example.org',
    archives: [{ url: server.url('toy.tar.gz'), sha256: known, bytes: sound.length, take: 'top' }],
    limits: { bytes: 1e6, entries: 100 },
    config: { labels: { classes: ['a'] } },
  };
  const said: string[] = [];
  const target = join(folder, 'sets/toy');
  const download = (to = target) =>
    downloadPublicSet(set, to, {
      delay: 1,
      timeout: 300,
      onMessage: (message) => said.push(message),
    });
  return { ...server, set, said, target, download };
}

const cached = (): string[] =>
  existsSync(join(folder, 'cache'))
    ? readdirSync(join(folder, 'cache'), { recursive: true }).map(String)
    : [];

test('downloads, checks, unpacks a part, leaves a config, and removes the archive', async () => {
  const { download, target, requests, said } = await published((request, response) => {
    send(sound, request, response);
  });
  const result = await download();
  expect(result).toMatchObject({ name: 'toy', folder: target, files: 4, bytes: 70_009 });
  expect(result.archives).toMatchObject([{ sha256 }]);
  expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('hello');
  expect(JSON.parse(readFileSync(join(target, 'segkit.config.json'), 'utf8'))).toEqual({
    name: 'toy',
    data: { labels: { classes: ['a'] } },
  });
  expect(cached().filter((path) => /gz|part/.test(path))).toEqual([]);
  expect(readdirSync(join(folder, 'sets'))).toEqual(['toy']);
  expect(said).toEqual(['downloading toy.tar.gz from 127.0.0.1', 'unpacking toy.tar.gz']);
  // A second time there is nothing to do.
  expect(await download()).toEqual(result);
  expect(requests).toHaveLength(1);
  expect(said.at(-1)).toMatch(/holds toy already$/);
});

test('goes on after a cut, with a server of ranges and with one that ignores them', async () => {
  const cut = await published((request, response, count) => {
    send(sound, request, response, count === 1 ? 200 : Infinity);
  });
  await cut.download();
  expect(cut.requests[1]?.headers.range).toBe('bytes=200-');
  const without = await published((_, response, count) => {
    response.writeHead(200, { 'content-length': sound.length });
    if (count > 1) response.end(sound);
    else response.write(sound.subarray(0, 100), () => setTimeout(() => response.destroy(), 20));
  });
  await without.download(join(folder, 'again'));
  expect(without.requests).toHaveLength(2);
  expect(readFileSync(join(folder, 'again/a.txt'), 'utf8')).toBe('hello');
});

test('goes on where an earlier process ended', async () => {
  const down = await published((request, response, count) => {
    if (count === 1) send(sound, request, response, 250);
    else if (count < 6) response.writeHead(503).end();
    else send(sound, request, response);
  });
  await expect(down.download()).rejects.toThrow(
    /503.*put it at .*toy\.tar\.gz, and give the command again/,
  );
  expect(existsSync(down.target)).toBe(false);
  expect(cached().filter((path) => path.endsWith('.part'))).toHaveLength(1);
  await down.download();
  expect(down.requests.at(-1)?.headers.range).toBe('bytes=250-');
});

test('redirections and slow servers', async () => {
  const { download } = await published((request, response) => {
    if (request.url === '/toy.tar.gz') response.writeHead(301, { location: '/moved' }).end();
    else {
      // A piece every 30 ms is slow, but alive: longer in all than the limit of silence.
      response.writeHead(200, { 'content-length': sound.length });
      const size = Math.ceil(sound.length / 15);
      let sent = 0;
      const timer = setInterval(() => {
        response.write(sound.subarray(sent, sent + size));
        sent += size;
        if (sent < sound.length) return;
        clearInterval(timer);
        response.end();
      }, 30);
    }
  });
  expect((await download()).files).toBe(4);
});

test.each([
  ['404', /404/, (_: unknown, response: Parameters<Answer>[1]) => response.writeHead(404).end()],
  ['500', /500/, (_: unknown, response: Parameters<Answer>[1]) => response.writeHead(500).end()],
  [
    'another file',
    /expected a file with the SHA-256 .* received/,
    (_: unknown, response: Parameters<Answer>[1]) => response.end('<html>Sign in</html>'),
  ],
  [
    'more than was promised',
    /SHA-256|too long|cannot be downloaded/,
    (_: unknown, response: Parameters<Answer>[1]) =>
      response.end(Buffer.concat([sound, Buffer.alloc(10)])),
  ],
  [
    'less than was promised',
    /cannot be downloaded/,
    (_: unknown, response: Parameters<Answer>[1]) => {
      response.writeHead(200, { 'content-length': sound.length });
      response.write(sound.subarray(0, 90), () => setTimeout(() => response.destroy(), 5));
    },
  ],
])('%s: an error, and nothing in the folder', async (_, message, answer) => {
  const { download } = await published(answer);
  const failed = download();
  await expect(failed).rejects.toThrow(DataError);
  await expect(failed).rejects.toThrow(message);
  expect(existsSync(join(folder, 'sets'))).toBe(false);
});

test('without a published checksum the first download is trusted, and later ones have to equal it', async () => {
  let content = sound;
  const { download, said } = await published((request, response) => {
    send(content, request, response);
  }, null);
  expect((await download()).archives).toMatchObject([{ sha256 }]);
  expect(said[1]).toContain(`this first download is trusted; SHA-256 ${sha256}, noted in `);
  await download(join(folder, 'second'));
  expect(said.filter((message) => message.includes('trusted'))).toHaveLength(1);
  content = fixture('sound-gnu.tar.gz');
  await expect(download(join(folder, 'third'))).rejects.toThrow(
    /received .* The checksum is that of the first download, noted in .*\.sha256; remove the note/,
  );
  expect(existsSync(join(folder, 'third'))).toBe(false);
});

test('an archive that was put in place by hand', async () => {
  const { download, requests } = await published((_, response) => response.writeHead(404).end());
  const failed = await download().catch((error: unknown) => error as Error);
  const message = failed instanceof Error ? failed.message : '';
  const [, place = ''] = /put it at (.*), and give/.exec(message) ?? [];
  writeFileSync(place, sound);
  expect((await download()).files).toBe(4);
  expect(requests).toHaveLength(1);
});

test('a hostile archive leaves nothing behind', async () => {
  const hostile = fixture('up.tar');
  const known = createHash('sha256').update(hostile).digest('hex');
  const { download, set } = await published((request, response) => {
    send(hostile, request, response);
  }, known);
  // What a killed process left goes, too.
  mkdirSync(join(folder, 'sets/.toy.partial/old'), { recursive: true });
  await expect(download()).rejects.toThrow(/expected paths below the folder/);
  expect(readdirSync(join(folder, 'sets'))).toEqual([]);
  expect(set.name).toBe('toy');
});

test('a folder that holds something else is left alone', async () => {
  const { download, requests } = await published((request, response) => {
    send(sound, request, response);
  });
  mkdirSync(join(folder, 'mine'));
  await download(join(folder, 'mine'));
  writeFileSync(join(folder, 'file'), '');
  await expect(download(join(folder, 'file'))).rejects.toThrow(/expected a new or empty folder/);
  rmSync(join(folder, 'mine/.segkit-data.json'));
  await expect(download(join(folder, 'mine'))).rejects.toThrow(
    /expected a new or empty folder, found \d+ entries/,
  );
  expect(requests).toHaveLength(1);
});

test('an address that is neither encrypted nor has a checksum', async () => {
  const { set } = await published(() => undefined, null);
  const archives = [{ ...set.archives[0]!, url: 'http://example.org/toy.tar.gz' }];
  await expect(downloadPublicSet({ ...set, archives }, join(folder, 'x'))).rejects.toThrow(
    /expected https or a known SHA-256/,
  );
});

test('the public sets: names, addresses and checksums', () => {
  expect(publicSets.map(({ name }) => name)).toEqual([
    'voc2012',
    'oxford-iiit-pet',
    'camvid',
    'isbi2012',
  ]);
  for (const { archives, limits } of publicSets) {
    for (const { url, sha256: known, bytes } of archives) {
      expect(url.startsWith('https://') || known !== null).toBe(true);
      expect(known ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes ?? 0).toBeLessThan(limits.bytes);
    }
  }
});
