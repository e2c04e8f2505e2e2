import sharp from 'sharp';
import { expect, test } from 'vitest';

import { readJpegHeader } from './read-jpeg-header.js';

const raw = (channels: 1 | 3) =>
  sharp(new Uint8Array(6 * channels), { raw: { width: 3, height: 2, channels } });

test('gray, colours and CMYK, sequential and progressive, with notes before the frame', async () => {
  const gray = raw(1).toColourspace('b-w');
  expect(readJpegHeader(await gray.jpeg().toBuffer())).toEqual({ channels: 1, bits: 8 });
  for (const progressive of [false, true]) {
    const color = await raw(3)
      .withExif({ IFD0: { Copyright: 'x' } })
      .jpeg({ progressive })
      .toBuffer();
    expect(readJpegHeader(color)).toEqual({ channels: 3, bits: 8 });
  }
  const cmyk = await raw(3).toColourspace('cmyk').jpeg().toBuffer();
  expect(readJpegHeader(cmyk)?.channels).toBe(4);
});

test('what is cut off before the frame, has unusual segments or is no JPEG has no header', async () => {
  const jpeg = await raw(3).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  for (let length = 0; length < frame + 10; length++) {
    expect(readJpegHeader(jpeg.subarray(0, length))).toBeUndefined();
  }
  expect(readJpegHeader(jpeg.subarray(0, frame + 10))).toEqual({ channels: 3, bits: 8 });
  // Arithmetic coding, and a segment that does not begin where the last one ends.
  const other = Buffer.from(jpeg).fill(0xc9, frame + 1, frame + 2);
  expect(readJpegHeader(other)).toBeUndefined();
  expect(readJpegHeader(Buffer.from(jpeg).fill(0, frame, frame + 1))).toBeUndefined();
  expect(readJpegHeader(await raw(3).png().toBuffer())).toBeUndefined();
  // A segment of no length would be read for ever.
  const loop = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0, 0, 0, 0, 0]);
  expect(readJpegHeader(loop)).toBeUndefined();
});
