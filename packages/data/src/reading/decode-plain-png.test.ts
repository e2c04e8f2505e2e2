// Plain PNGs against fast-png and sharp, which decode each kind and each filter on their own.
import { crc32, deflateSync } from 'node:zlib';

import { randomStream } from '@segkit/core';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { decodePlainPng } from './decode-plain-png.js';
import { plainPixels } from './plain-pixels.js';
import { readPngHeader } from './png-header.js';

interface Kind {
  readonly depth: number;
  readonly color: number;
  readonly channels: number;
}

const kinds: readonly Kind[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ depth, color: 0, channels: 1 })),
  ...[1, 2, 4, 8].map((depth) => ({ depth, color: 3, channels: 1 })),
  ...[8, 16].flatMap((depth) => [
    { depth, color: 2, channels: 3 },
    { depth, color: 4, channels: 2 },
    { depth, color: 6, channels: 4 },
  ]),
];

function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}

function header({ depth, color }: Kind, width: number, height: number, interlace = 0): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([depth, color, 0, 0, interlace], 8);
  return chunk('IHDR', body);
}

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const palette = chunk(
  'PLTE',
  Uint8Array.from({ length: 3 * 256 }, (_, i) => (7 * i) % 256),
);

/** Random bytes as the rows of a PNG: every row's filter comes in turn, whatever it makes of them. */
function randomPng(kind: Kind, width: number, height: number, ...between: Buffer[]): Buffer {
  const random = randomStream(width * height + kind.depth + kind.color);
  const row = 1 + Math.ceil((width * kind.channels * kind.depth) / 8);
  const rows = Uint8Array.from({ length: row * height }, (_, i) =>
    i % row === 0 ? Math.floor(i / row + height) % 5 : random.integer(256),
  );
  // Pixels may be split anywhere.
  const packed = deflateSync(rows);
  const pixels = [packed.subarray(0, 5), packed.subarray(5)].map((part) => chunk('IDAT', part));
  const before = kind.color === 3 ? [palette.subarray(0), ...between] : between;
  const end = chunk('IEND', new Uint8Array());
  return Buffer.concat([signature, header(kind, width, height), ...before, ...pixels, end]);
}

const sizes = [
  [1, 1],
  [7, 11],
  [16, 6],
  [33, 10],
] as const;

test.each(kinds)('colour type $color of $depth bits', async (kind) => {
  for (const [width, height] of sizes) {
    const png = randomPng(kind, width, height);
    const found = decodePlainPng(png);
    const expected = decode(png, { checkCrc: true });
    const { channels, depth } = kind;
    expect(found).toMatchObject({ height, width, channels, depth });
    expect(found?.palette).toEqual(expected.palette);
    const wide = new DataView(found!.data.buffer, found!.data.byteOffset);
    const data = [...found!.data].filter((_, i) => depth < 16 || i % 2 === 0);
    const numbers = depth < 16 ? data : data.map((_, i) => wide.getUint16(2 * i));
    expect(numbers).toEqual([...expected.data]);
    if (kind.color === 3 || depth < 8) continue;
    const gray = channels < 3;
    const pixels = sharp(png, { ignoreIcc: true })
      .removeAlpha()
      .toColourspace(depth === 8 ? (gray ? 'b-w' : 'srgb') : gray ? 'grey16' : 'rgb16')
      .raw(depth === 8 ? {} : { depth: 'ushort' });
    const raw = new Uint8Array(await pixels.toBuffer());
    const stored = plainPixels(png, readPngHeader(png)!);
    expect(stored?.data).toEqual(depth === 8 ? raw : new Uint16Array(raw.buffer));
    expect(stored?.channels).toBe(gray ? 1 : 3);
  }
});

const gray: Kind = { depth: 8, color: 0, channels: 1 };

test('texts and colour profiles change nothing, and unknown chunks are left to libraries', () => {
  const text = chunk('tEXt', Buffer.from('Software\0paint'));
  const time = chunk('tIME', Buffer.alloc(7));
  const plain = decodePlainPng(randomPng(gray, 7, 11));
  expect(decodePlainPng(randomPng(gray, 7, 11, text, time))).toEqual(plain);
  const turned = chunk('zTXt', Buffer.from('Raw profile type exif\0\0'));
  for (const other of [turned, ...['eXIf', 'acTL', 'tRNS'].map((t) => chunk(t, Buffer.alloc(2)))]) {
    expect(decodePlainPng(randomPng(gray, 7, 11, other))).toBeUndefined();
  }
});

test('what is damaged, cut off, interlaced, too large or no PNG is left to libraries', () => {
  const png = randomPng(gray, 7, 11);
  for (let length = 0; length < png.length; length++) {
    expect(decodePlainPng(png.subarray(0, length))).toBeUndefined();
  }
  // Any byte but those of the signature, which the library looks at, stands under a checksum.
  for (let at = 8; at < png.length; at++) {
    const damaged = Buffer.from(png);
    damaged[at] = (damaged[at] as number) ^ 16;
    const found = decodePlainPng(damaged);
    expect(found, `byte ${String(at)}`).toBeUndefined();
  }
  const of = (head: Buffer, rows: Uint8Array): Buffer => {
    const parts = [head, chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())];
    return Buffer.concat([signature, ...parts]);
  };
  const rows = new Uint8Array(6);
  expect(decodePlainPng(of(header(gray, 2, 2), rows))?.data).toEqual(new Uint8Array(4));
  // A byte too few, one too many, a filter that there is not.
  expect(decodePlainPng(of(header(gray, 2, 2), rows.subarray(1)))).toBeUndefined();
  expect(decodePlainPng(of(header(gray, 2, 2), new Uint8Array(7)))).toBeUndefined();
  expect(decodePlainPng(of(header(gray, 2, 2), rows.fill(5)))).toBeUndefined();
  expect(decodePlainPng(of(header(gray, 2, 2, 1), rows.fill(0)))).toBeUndefined();
  expect(decodePlainPng(of(header(gray, 0, 2), rows))).toBeUndefined();
  expect(decodePlainPng(of(header({ ...gray, depth: 3 }, 2, 2), rows))).toBeUndefined();
  expect(decodePlainPng(of(header({ ...gray, color: 3 }, 2, 2), rows))).toBeUndefined();
  // 2^32 - 1 squared pixels, and a bomb of 64 MiB behind a header of four.
  expect(decodePlainPng(of(header(gray, 2 ** 32 - 1, 2 ** 32 - 1), rows))).toBeUndefined();
  expect(decodePlainPng(of(header(gray, 2, 2), new Uint8Array(2 ** 26)))).toBeUndefined();
});
