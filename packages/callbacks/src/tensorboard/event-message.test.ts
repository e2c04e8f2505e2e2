import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { startEvent, summaryEvent, type SummaryValue, versionEvent } from './event-message.js';
import { histogramOf } from './histogram.js';
import { sessionEnd, sessionStart } from './hyper-parameters.js';
import { crc32c } from './masked-crc32c.js';
import { encodeRecord } from './record-file.js';

const time = 1700000000.25;
const summary = (step: number, ...values: SummaryValue[]) => summaryEvent({ time, step }, values);
const parameter = (name: string, value: number | string | boolean) =>
  summary(0, sessionStart(new Map([[name, value]]), time));

const events: Record<string, Uint8Array> = {
  version: versionEvent(time),
  start: startEvent({ time, step: 300 }),
  scalars: summary(
    70000,
    { tag: 'loss/train', scalar: 0.1 },
    { tag: 'zero', scalar: 0 },
    { tag: 'nan', scalar: Number.NaN },
    // Beyond float32.
    { tag: 'infinite', scalar: -1e39 },
    { tag: 'Größe', scalar: -2.5 },
  ),
  image: summary(1, {
    tag: 'samples/0',
    image: { height: 2, width: 3, png: Uint8Array.of(1, 2, 255) },
  }),
  histogram: summary(1, {
    tag: 'weights/conv.weight',
    // Buckets of width 1.
    histogram: histogramOf(Float32Array.of(0, 1, 2.5, 30))!,
  }),
  number: parameter('optimizer.learningRate', 0.001),
  text: parameter('loss.name', 'ce'),
  switch: parameter('loss.poison', false),
  success: summary(9, sessionEnd('success', 1700000001.5)),
  failure: summary(9, sessionEnd('failure', 1700000001.5)),
};

// Made by oracles/tensorboard_events.py with TensorBoard's own encoder.
const fixture = JSON.parse(
  readFileSync(
    new URL('../../../../oracles/fixtures/tensorboard-events.json', import.meta.url),
    'utf8',
  ),
) as Record<string, string>;

describe("records equal TensorBoard's byte for byte", () => {
  test.each(Object.entries(events))('%s', (name, event) => {
    expect(Buffer.from(encodeRecord(event)).toString('base64')).toBe(fixture[name]);
  });
});

test('CRC-32C of the check text and of 32 zeros', () => {
  // The check value of the catalogue of CRC algorithms, and RFC 3720, B.4.
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

describe('histogramOf', () => {
  test('counts in 30 equal buckets', () => {
    const histogram = histogramOf(Float32Array.of(0, 1, 2.5, 30));
    expect(histogram).toMatchObject({ min: 0, max: 30, count: 4, sum: 33.5, sumOfSquares: 907.25 });
    expect(histogram?.limits).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    // Buckets [0, 1), [1, 2), [2, 3), …, [29, 30].
    expect(histogram?.counts.map((count, index) => [index, count]).filter(([, n]) => n)).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [29, 1],
    ]);
  });

  test('leaves out what is not finite', () => {
    const values = Float32Array.of(Number.NaN, 2, Infinity, 2, -Infinity);
    expect(histogramOf(values)).toEqual({
      min: 2,
      max: 2,
      count: 2,
      sum: 4,
      sumOfSquares: 8,
      limits: [2],
      counts: [2],
    });
    expect(histogramOf(Float32Array.of(Number.NaN))).toBeUndefined();
    expect(histogramOf(new Float32Array(0))).toBeUndefined();
  });
});
