import { describe, expect, it } from 'vitest';

import { FakeStream } from './fake-stream.test-support.js';
import { formatDuration } from './format-duration.js';
import { fakeRun, send } from './make-callback.test-support.js';
import { runEnd, runStart, step, validation } from './make-events.test-support.js';
import { progressCallback } from './progress.js';

const settings = { metric: 'meanIoU', every: 10 };

/** A clock that goes on by half a second at every look at a step. */
function clock(): { now: () => number; advance: (seconds: number) => void } {
  let time = 1000;
  return {
    now: () => time,
    advance: (seconds) => {
      time += seconds * 1000;
    },
  };
}

describe('progress without a terminal', () => {
  it('writes a line now and then, one per validation, and one at start and end', async () => {
    const stream = new FakeStream();
    const { now, advance } = clock();
    const callback = progressCallback(settings, { stream, now });
    const run = fakeRun(null);
    await send(callback, run, [runStart()]);
    for (let count = 1; count <= 45; count++) {
      advance(0.5);
      await send(callback, run, [step(count, { loss: 0.5 })]);
      if (count === 30) await send(callback, run, [validation(30)]);
    }
    await send(callback, run, [
      { type: 'warning', step: 45, message: 'one image is odd' },
      runEnd(45, 'stopped'),
    ]);
    await callback.close?.();
    // Half a second a step: 10 s pass by step 20 and by step 40; 80 and 60 steps remain.
    expect(stream.text).toBe(
      'training 1,234,567 parameters on cpu: 100 steps of 2 images, 20 to train and 6 to validate on\n' +
        'step 20/100, epoch 2: loss 0.5000, 4.0 images/s, 40s left\n' +
        'validation at step 30, epoch 3: loss 0.5000, meanIoU 0.7500 (3s)\n' +
        'step 40/100, epoch 4: loss 0.5000, meanIoU 0.7500, 4.0 images/s, 30s left\n' +
        'warning: one image is odd\n' +
        'run ended at step 45 after 3m 20s: stopped\n',
    );
  });

  it('reckons the time left from where a resumed run started', async () => {
    const stream = new FakeStream();
    const { now, advance } = clock();
    const callback = progressCallback({ ...settings, every: 1 }, { stream, now });
    advance(2);
    // The one step so far took 2 s; 9 remain.
    await send(callback, fakeRun(null), [step(91, { seconds: 2 })]);
    expect(stream.text).toContain('18s left');
  });

  it('smooths the loss', async () => {
    const stream = new FakeStream();
    const { now, advance } = clock();
    const callback = progressCallback({ ...settings, every: 1 }, { stream, now });
    for (const [index, loss] of [1, 2].entries()) {
      advance(2);
      await send(callback, fakeRun(null), [step(index + 1, { loss })]);
    }
    // (0.9 * 0.1 * 1 + 0.1 * 2) / (0.9 * 0.1 + 0.1) = 0.29 / 0.19.
    expect(stream.text).toContain('loss 1.0000');
    expect(stream.text).toContain('loss 1.5263');
  });

  it('tells of waiting for data where that is notable', async () => {
    const stream = new FakeStream();
    const { now, advance } = clock();
    const callback = progressCallback({ ...settings, every: 1 }, { stream, now });
    for (const [index, dataSeconds] of [0.02, 0.1].entries()) {
      advance(2);
      await send(callback, fakeRun(null), [step(index + 1, { dataSeconds })]);
    }
    const [first, second] = stream.text.split('\n');
    // 0.02 of 0.5 s is 4 %; then (0.9 * 0.1 * 0.02 + 0.1 * 0.1) / (0.19 * 0.5) = 12.4 %.
    expect(first).not.toContain('waits');
    expect(second).toContain('4.0 images/s, waits 12 % for data, ');
  });

  it('shows the validation loss where there is no such metric', async () => {
    const stream = new FakeStream();
    const { now, advance } = clock();
    const callback = progressCallback({ metric: 'psnr', every: 1 }, { stream, now });
    await send(callback, fakeRun(null), [validation(1)]);
    advance(2);
    await send(callback, fakeRun(null), [step(2)]);
    expect(stream.text).toContain('epoch 1: loss 0.5000 (3s)');
    expect(stream.text).toContain('validation loss 0.5000, 4.0 images/s');
  });
});

describe('progress on a terminal', () => {
  it('draws a bar below the lines that stay', async () => {
    const stream = new FakeStream({ isTTY: true });
    const callback = progressCallback(settings, { stream, now: clock().now });
    await send(callback, fakeRun(null), [runStart(), step(50), validation(50), runEnd(50)]);
    await callback.close?.();
    expect(stream.text).toContain('50/100 | loss 0.0200 | ');
    expect(stream.text).toContain('[==========----------]');
    expect(stream.text).toContain(
      'validation at step 50, epoch 5: loss 0.5000, meanIoU 0.7500 (3s)\n',
    );
    expect(stream.text.endsWith('run ended at step 50 after 3m 20s: completed\n')).toBe(true);
  });

  it('shows the last validation in the bar', async () => {
    const stream = new FakeStream({ isTTY: true });
    const callback = progressCallback(settings, { stream, now: clock().now });
    await send(callback, fakeRun(null), [validation(10), step(11)]);
    await callback.close?.();
    expect(stream.text).toContain('| meanIoU 0.7500 | 4.0 images/s |');
  });

  it('cuts the bar to a narrow terminal', async () => {
    const stream = new FakeStream({ isTTY: true, columns: 30 });
    const callback = progressCallback(settings, { stream, now: clock().now });
    await send(callback, fakeRun(null), [step(1)]);
    await callback.close?.();
    expect(stream.text).toContain('1/100');
    expect(stream.text).not.toContain('images/s');
  });

  it('clears the bar and changes no terminal mode when closed without an end', async () => {
    const stream = new FakeStream({ isTTY: true });
    const callback = progressCallback(settings, { stream, now: clock().now });
    await send(callback, fakeRun(null), [runStart(), step(1)]);
    await callback.close?.();
    const escape = String.fromCharCode(27);
    // Back to the first column, line cleared.
    expect(stream.text.endsWith(`${escape}[1G${escape}[2K`)).toBe(true);
    // Neither cursor visibility (?25) nor line wrapping (?7) was touched.
    expect(stream.text).not.toContain(`${escape}[?`);
    const before = stream.text;
    await callback.close?.();
    expect(stream.text).toBe(before);
  });
});

describe('formatDuration', () => {
  it.each([
    [0.4, '0s'],
    [59.4, '59s'],
    [59.6, '1m 00s'],
    [200, '3m 20s'],
    [3900, '1h 05m'],
    [Number.NaN, '?'],
    [Infinity, '?'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
