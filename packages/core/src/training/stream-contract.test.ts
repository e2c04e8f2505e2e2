// What the stream of a run promises, whoever subscribes and whatever callbacks do.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  config as rxjsConfig,
  lastValueFrom,
  share,
  shareReplay,
  take,
  toArray,
  type Observable,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { FitOptions } from '../app.js';
import type { Callback, RunControl } from '../components/callback.js';
import type { TrainingEvent } from '../components/training-event.js';
import { CheckpointError, DataError, TrainingError } from '../errors.js';
import { callbackPlugin, tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { RunHandle } from './run-handle.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-stream-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A run without a validation set: `run-start`, `epoch-start`, steps, `epoch-end`, `run-end`. */
const plain = (steps: number) => ({
  data: { labels: { classes: ['dark', 'bright'] }, train: 'two-tone' },
  train: { steps, batchSize: 6 },
});

function stream(
  callbacks: readonly Callback[],
  overrides: Record<string, unknown> = plain(2),
  options: FitOptions = {},
): Observable<TrainingEvent> {
  const plugins = callbacks.map((callback, index) =>
    callbackPlugin(`probe-${String(index)}`, callback),
  );
  const names = plugins.map(({ name }) => name);
  return tinyApp(...plugins).fit(tinyConfig({ callbacks: names, ...overrides }), options);
}

const eventsOf = (events: Observable<TrainingEvent>) => lastValueFrom(events.pipe(toArray()));
const typesOf = (events: readonly TrainingEvent[]) => events.map(({ type }) => type);
const isLoss = (event: TrainingEvent) => (event.type === 'step' ? [event.loss] : []);

/** A callback that does something at one type of event. */
function at(
  type: TrainingEvent['type'],
  act: (run: RunControl, event: TrainingEvent) => unknown,
  onError: Callback['onError'] = 'stop',
): Callback {
  return {
    onError,
    handle: async (event, run) => {
      if (event.type === type) await act(run, event);
    },
  };
}

describe('subscribing', () => {
  test('never: nothing is prepared, nothing happens', async () => {
    let made = 0;
    const callback = callbackPlugin('probe', { onError: 'stop', handle: () => undefined });
    const counting = {
      ...callback,
      create: (...all: Parameters<typeof callback.create>) => {
        made += 1;
        return callback.create(...all);
      },
    };
    tinyApp(counting).fit(tinyConfig({ callbacks: ['probe'] }));
    await sleep(10);
    expect(made).toBe(0);
  });

  test('to a run of no step: it starts and ends', async () => {
    const handle = new RunHandle();
    handle.stop('changed my mind');
    const events = await eventsOf(stream([], plain(2), { handle }));
    expect(typesOf(events)).toEqual(['run-start', 'run-end']);
    expect(events.at(-1)).toMatchObject({ step: 0, reason: 'changed my mind' });
  });

  test.each([1, 5])('to a run of %d steps: as many events, and then completion', async (steps) => {
    const types = typesOf(await eventsOf(stream([], plain(steps))));
    expect(types.filter((type) => type === 'step')).toHaveLength(steps);
    expect(types[0]).toBe('run-start');
    expect(types.at(-1)).toBe('run-end');
  });

  test('twice trains twice; share() trains once', async () => {
    const runs: string[] = [];
    const events = stream([at('run-start', () => runs.push('run'))]);
    await Promise.all([eventsOf(events), eventsOf(events)]);
    expect(runs).toHaveLength(2);
    const shared = events.pipe(share());
    const [first, second] = await Promise.all([eventsOf(shared), eventsOf(shared)]);
    expect(runs).toHaveLength(3);
    expect(second).toEqual(first);
  });

  test('late to shareReplay() gives all that was missed, in order, and one run', async () => {
    const replayed = stream([], plain(3)).pipe(shareReplay());
    const all: TrainingEvent[] = [];
    const late = await new Promise<TrainingEvent[]>((resolve, reject) => {
      replayed.subscribe((event) => {
        all.push(event);
        if (event.type === 'step' && event.step === 2) eventsOf(replayed).then(resolve, reject);
      });
    });
    expect(late).toEqual(all);
    // After the end, too.
    expect(await eventsOf(replayed)).toEqual(all);
  });
});

describe('order', () => {
  test('each event reaches the callbacks in their order, then the subscriber, before the next', async () => {
    const log: string[] = [];
    const slow = (name: string): Callback => ({
      onError: 'stop',
      handle: async ({ type }) => {
        log.push(`${name} begins ${type}`);
        await sleep(1);
        log.push(`${name} ends ${type}`);
      },
    });
    await stream([slow('a'), slow('b')], plain(2)).forEach(({ type }) => void log.push(type));
    const expected = [
      'run-start',
      'epoch-start',
      'step',
      'epoch-end',
      'epoch-start',
      'step',
      'epoch-end',
      'run-end',
    ];
    expect(log).toEqual(
      expected.flatMap((type) => [
        `a begins ${type}`,
        `a ends ${type}`,
        `b begins ${type}`,
        `b ends ${type}`,
        type,
      ]),
    );
  });

  test('a slow callback slows the run instead of being run over', async () => {
    let busy = 0;
    let most = 0;
    const slow = at('step', async () => {
      busy += 1;
      most = Math.max(most, busy);
      await sleep(5);
      busy -= 1;
    });
    const started = performance.now();
    await eventsOf(stream([slow], plain(6)));
    expect(most).toBe(1);
    // Timers may fire a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(6 * 4);
  });
});

describe('errors', () => {
  const failures: [string, () => unknown][] = [
    [
      'thrown',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejected', () => Promise.reject(new Error('disk full'))],
  ];

  test.each(failures)(
    '%s in a callback that declares "stop": the stream ends with it, all are closed',
    async (_, fail) => {
      const closed: number[] = [];
      const closing = (id: number, callback: Callback): Callback => ({
        ...callback,
        close: () => void closed.push(id),
      });
      const seen: TrainingEvent[] = [];
      const events = stream([
        closing(0, at('step', fail)),
        closing(
          1,
          at('run-end', () => undefined),
        ),
      ]);
      const following = events.forEach((event) => void seen.push(event));
      await expect(following).rejects.toThrow('callback "probe-0" failed on step: disk full');
      expect(closed).toEqual([0, 1]);
      // The event that failed is not shown, and there is no run-end.
      expect(typesOf(seen)).toEqual(['run-start', 'epoch-start']);
    },
  );

  test.each(failures)(
    '%s in a callback that declares "warn": a warning follows, the others go on',
    async (_, fail) => {
      const others: string[] = [];
      const other = at('step', () => others.push('step'));
      const events = await eventsOf(stream([at('step', fail, 'warn'), other], plain(1)));
      expect(typesOf(events)).toEqual([
        'run-start',
        'epoch-start',
        'step',
        'warning',
        'epoch-end',
        'run-end',
      ]);
      expect(events[3]).toMatchObject({
        step: 1,
        message: 'callback "probe-0" failed on step: disk full',
      });
      expect(others).toEqual(['step']);
    },
  );

  test('the same again and again: a warning of the first, the tenth and so on', async () => {
    const full = at(
      'step',
      () => {
        throw new Error('disk full');
      },
      'warn',
    );
    const events = await eventsOf(stream([full], plain(25)));
    const warnings = events.filter((event) => event.type === 'warning');
    expect(warnings.map(({ step, message }) => [step, message])).toEqual([
      [1, 'callback "probe-0" failed on step: disk full'],
      [10, 'callback "probe-0" failed on step: disk full (10 times)'],
    ]);
  });

  test('in close: a last warning, or the end, as the callback declares', async () => {
    const close = () => Promise.reject(new Error('disk full'));
    const handle = () => undefined;
    const warned = await eventsOf(stream([{ onError: 'warn', handle, close }]));
    expect(warned.at(-1)).toEqual({
      type: 'warning',
      step: 2,
      message: 'callback "probe-0" failed to close: disk full',
    });
    let others = 0;
    const other: Callback = { onError: 'warn', handle, close: () => void (others += 1) };
    const stopped = eventsOf(stream([{ onError: 'stop', handle, close }, other]));
    await expect(stopped).rejects.toThrow(TrainingError);
    expect(others).toBe(1);
  });

  test('in the loop: the stream ends with it and callbacks are closed', async () => {
    let closed = 0;
    const callback: Callback = {
      onError: 'stop',
      handle: () => undefined,
      close: () => void (closed += 1),
    };
    const seen: TrainingEvent[] = [];
    const events = stream([callback], { ...plain(2), loss: { name: 'tiny-ce', poison: true } });
    await expect(events.forEach((event) => void seen.push(event))).rejects.toThrow(TrainingError);
    expect(typesOf(seen)).toEqual(['run-start', 'epoch-start']);
    expect(closed).toBe(1);
  });

  test('before the first event: the stream ends with it', async () => {
    const events = stream([], { model: { backbone: 'nothing', decoder: 'last' } });
    await expect(eventsOf(events)).rejects.toThrow(/unknown backbone "nothing"/);
  });
});

describe('unsubscribing', () => {
  /** Subscribes, unsubscribes when told, and gives what came before and after. */
  async function cut(callbacks: readonly Callback[], when: TrainingEvent['type'] | 'at once') {
    const before: TrainingEvent[] = [];
    const after: TrainingEvent[] = [];
    const closed = new Promise<void>((resolve) => {
      const closer: Callback = { onError: 'stop', handle: () => undefined, close: resolve };
      let stopped = false;
      const subscription = stream([...callbacks, closer], plain(1000)).subscribe((event) => {
        (stopped ? after : before).push(event);
        if (event.type !== when) return;
        subscription.unsubscribe();
        stopped = true;
      });
      if (when !== 'at once') return;
      subscription.unsubscribe();
      stopped = true;
      resolve();
    });
    await closed;
    await sleep(10);
    return { before, after };
  }

  test.each(['run-start', 'epoch-start', 'step'] as const)(
    'at %s: nothing is emitted after',
    async (when) => {
      const ends: string[] = [];
      const watcher = at('run-end', (_, event) =>
        ends.push(event.type === 'run-end' ? event.reason : ''),
      );
      const { before, after } = await cut([watcher], when);
      expect(before.at(-1)?.type).toBe(when);
      expect(after).toEqual([]);
      // Callbacks see the end nevertheless.
      expect(ends).toEqual(['unsubscribed']);
    },
  );

  test('while the run is being prepared: it never starts', async () => {
    const { before, after } = await cut([], 'at once');
    expect([...before, ...after]).toEqual([]);
  });

  test('while a callback is at work: it finishes, and nothing is emitted', async () => {
    let finished = false;
    const after: TrainingEvent[] = [];
    await new Promise<void>((resolve) => {
      const slow: Callback = {
        onError: 'stop',
        handle: async ({ type }) => {
          if (type !== 'step') return;
          subscription.unsubscribe();
          after.length = 0;
          await sleep(5);
          finished = true;
        },
        close: resolve,
      };
      const subscription = stream([slow], plain(1000)).subscribe((event) => void after.push(event));
    });
    await sleep(10);
    expect(finished).toBe(true);
    expect(after).toEqual([]);
  });
});

describe('leaving early', () => {
  test('take(n) gives n events, then completion, and the run ends after its step', async () => {
    let taken = 0;
    let ended: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (ended = resolve));
    const counter: Callback = {
      onError: 'stop',
      handle: ({ type }) => void (taken += Number(type === 'step')),
      close: () => {
        ended();
      },
    };
    const events = await eventsOf(stream([counter], plain(1000)).pipe(take(4)));
    expect(typesOf(events)).toEqual(['run-start', 'epoch-start', 'step', 'epoch-end']);
    await over;
    expect(taken).toBe(1);
  });

  test('a subscriber that throws is told of, and the run goes on', async () => {
    const told: unknown[] = [];
    rxjsConfig.onUnhandledError = (error) => told.push(error);
    const types: string[] = [];
    await new Promise<void>((resolve, reject) => {
      stream([], plain(2)).subscribe({
        next: ({ type }) => {
          types.push(type);
          if (type === 'step') throw new Error('mine');
        },
        error: reject,
        complete: resolve,
      });
    });
    await sleep(1);
    rxjsConfig.onUnhandledError = null;
    expect(told).toEqual([new Error('mine'), new Error('mine')]);
    expect(types.at(-1)).toBe('run-end');
  });
});

describe('calls of a callback inside handle', () => {
  test('stop again, and at the end: the first reason counts', async () => {
    const stopper = at('step', (run) => {
      run.stop('first');
      run.stop('second');
    });
    const late = at('run-end', (run) => {
      run.stop('late');
    });
    const events = await eventsOf(stream([stopper, late], plain(9)));
    expect(events.at(-1)).toMatchObject({ type: 'run-end', step: 1, reason: 'first' });
    const early = at('run-start', (run) => {
      run.stop('at once');
    });
    expect(typesOf(await eventsOf(stream([early], plain(9))))).toEqual(['run-start', 'run-end']);
  });

  test('pause, and resume when the pause is told: the run goes on by itself', async () => {
    const handle = new RunHandle();
    const pauser = at('step', () => {
      handle.pause();
      handle.pause();
    });
    const resumer = at('paused', () => {
      handle.resume();
    });
    const events = await eventsOf(stream([pauser, resumer], plain(3), { handle }));
    expect(typesOf(events).filter((type) => type === 'step')).toHaveLength(3);
    expect(typesOf(events).filter((type) => type === 'resumed')).toHaveLength(2);
  });

  test('pause and resume at once: it is not told', async () => {
    const handle = new RunHandle();
    const undecided = at('step', () => {
      handle.pause();
      handle.resume();
    });
    const events = await eventsOf(stream([undecided], plain(2), { handle }));
    expect(typesOf(events)).not.toContain('paused');
  });

  test('a state that cannot be given ends the run by name', async () => {
    const broken: Callback = {
      ...at('step', (run) => run.saveCheckpoint('last')),
      state: () => {
        throw new Error('lost it');
      },
    };
    const events = eventsOf(stream([broken], plain(1), { folder: join(folder, 'run') }));
    await expect(events).rejects.toThrow(TrainingError);
    await expect(events).rejects.toThrow('callback "probe-0" cannot give its state: lost it');
  });

  test('stop: no further step', async () => {
    const events = await eventsOf(
      stream(
        [
          at('step', (run) => {
            run.stop('enough');
          }),
        ],
        plain(9),
      ),
    );
    expect(typesOf(events)).toEqual(['run-start', 'epoch-start', 'step', 'epoch-end', 'run-end']);
  });

  test('saveCheckpoint: its event follows when the file is there, at the latest after run-end', async () => {
    const log: string[] = [];
    const saver = at('step', (run) => log.push(run.saveCheckpoint('last')));
    const watcher: Callback = {
      onError: 'stop',
      handle: (event) => {
        log.push(event.type);
        if (event.type === 'checkpoint-saved') expect(existsSync(event.path)).toBe(true);
      },
    };
    const run = join(folder, 'run');
    const events = await eventsOf(stream([saver, watcher], plain(1), { folder: run }));
    const saved = events.find((event) => event.type === 'checkpoint-saved');
    expect(saved).toMatchObject({ step: 1, name: 'last', path: log[2] });
    expect(typesOf(events)).toEqual(log.filter((entry) => entry !== log[2]));
  });

  test('saveCheckpoint without a folder is an error that says so', async () => {
    const saver = at('step', (run) => run.saveCheckpoint('last'));
    await expect(eventsOf(stream([saver]))).rejects.toThrow(CheckpointError);
  });

  test('report: all callbacks and the subscriber hear of it, after the event', async () => {
    const heard: unknown[] = [];
    const reporter = at('step', (run) => {
      run.report({ answer: 42 });
      run.report({ answer: 43 });
    });
    const listener = at('measurement', (_, event) => heard.push(event));
    const events = await eventsOf(stream([listener, reporter], plain(1)));
    expect(typesOf(events).slice(2, 5)).toEqual(['step', 'measurement', 'measurement']);
    expect(heard).toEqual([
      { type: 'measurement', step: 1, values: { answer: 42 } },
      { type: 'measurement', step: 1, values: { answer: 43 } },
    ]);
  });

  test('predict and weights: what the network makes of a sample, without a trace in the training', async () => {
    const overrides = { train: { steps: 3, batchSize: 2 } };
    const undisturbed = (await eventsOf(stream([], overrides))).flatMap(isLoss);
    const shapes: unknown[] = [];
    const curious = at('step', async (run) => {
      const { sample, prediction, output } = await run.predict(1);
      const names = [...(await run.weights()).keys()];
      shapes.push([
        sample.id,
        prediction?.length,
        output.channels,
        output.data.length,
        names.length,
      ]);
    });
    const events = await eventsOf(stream([curious], overrides));
    expect(events.flatMap(isLoss)).toEqual(undisturbed);
    // 8x8 pixels, two classes; weight and bias of two convolutions.
    expect(shapes[0]).toEqual(['two-tone-1', 64, 2, 128, 4]);
    const outside = at('step', (run) => run.predict(2));
    await expect(eventsOf(stream([outside], overrides))).rejects.toThrow(
      /one of 2 validation samples, received 2/,
    );
    const none = at('step', (run) => run.predict(0));
    await expect(eventsOf(stream([none]))).rejects.toThrow(DataError);
  });

  test('predict with averaged weights, even if not waited for, leaves the training its own', async () => {
    const train = { steps: 4, batchSize: 2, ema: { decay: 0.5 } };
    const undisturbed = (await eventsOf(stream([], { train }))).flatMap(isLoss);
    const hasty: Callback = {
      onError: 'stop',
      handle: (event, run) => {
        if (event.type === 'step') for (const index of [0, 1]) void run.predict(index);
      },
    };
    const events = await eventsOf(stream([hasty], { train }));
    expect(events.flatMap(isLoss)).toEqual(undisturbed);
  });

  test('config and labels: what the run was made of', async () => {
    const seen: unknown[] = [];
    await eventsOf(stream([at('run-start', ({ config, labels }) => seen.push(config, labels))]));
    expect(seen).toMatchObject([
      { seed: 0, loss: { name: 'tiny-ce', poison: false } },
      { classes: [{ name: 'dark' }, { name: 'bright' }] },
    ]);
    expect(JSON.parse(JSON.stringify(seen[0]))).toEqual(seen[0]);
  });

  test('an answer to every answer is an error, not a run that hangs', async () => {
    const echo: Callback = {
      onError: 'warn',
      handle: (_, run) => {
        run.report({ echo: 1 });
      },
    };
    await expect(eventsOf(stream([echo]))).rejects.toThrow(
      /must not answer the events that it raises itself/,
    );
  });

  test('calls from outside handle are delivered too, and their failures end the run', async () => {
    let control: RunControl | undefined;
    const keeper = at('run-start', (run) => {
      control = run;
    });
    const picky = at('measurement', () => {
      throw new Error('no numbers please');
    });
    const reporting = at('step', async () => {
      setTimeout(() => control?.report({ late: 1 }), 0);
      await sleep(1);
    });
    const events = await eventsOf(stream([keeper, reporting], plain(3)));
    expect(typesOf(events)).toContain('measurement');
    await expect(eventsOf(stream([keeper, reporting, picky], plain(1000)))).rejects.toThrow(
      /no numbers please/,
    );
    // The run is over: nobody listens.
    control?.report({ late: 2 });
  });
});

describe('pausing', () => {
  test('takes effect between steps, changes no number and is told', async () => {
    const overrides = { train: { steps: 4, batchSize: 2 } };
    const undisturbed = (await eventsOf(stream([], overrides))).flatMap(isLoss);
    const handle = new RunHandle();
    const events: TrainingEvent[] = [];
    const run = stream([], overrides, { handle }).forEach((event) => {
      events.push(event);
      if (event.type === 'step' && event.step === 2) handle.pause();
      if (event.type === 'paused')
        setTimeout(() => {
          handle.resume();
        }, 2000);
    });
    await run;
    expect(handle.paused).toBe(false);
    expect(typesOf(events).slice(3, 7)).toEqual(['step', 'paused', 'resumed', 'step']);
    expect(events.flatMap(isLoss)).toEqual(undisturbed);
    const resumed = events.find((event) => event.type === 'resumed');
    const next = events.find((event) => event.type === 'step' && event.step === 3);
    expect(resumed?.step).toBe(2);
    // Timers may fire a millisecond early.
    expect(resumed?.seconds).toBeGreaterThan(1.998);
    // A step of this network takes milliseconds; the wait belongs to none.
    expect(next?.type === 'step' && next.seconds).toBeLessThan(1.998);
  });

  test('before the start holds the first step back', async () => {
    const handle = new RunHandle();
    handle.pause();
    const seen: string[] = [];
    const run = stream([], plain(1), { handle }).forEach(({ type }) => void seen.push(type));
    await vi.waitFor(() => {
      expect(seen.at(-1)).toBe('paused');
    });
    await sleep(30);
    expect(seen).toEqual(['run-start', 'epoch-start', 'paused']);
    handle.resume();
    await run;
    expect(seen.slice(3)).toEqual(['resumed', 'step', 'epoch-end', 'run-end']);
  });

  test('and stopping, aborting or unsubscribing ends the wait', async () => {
    for (const end of ['stop', 'abort', 'unsubscribe'] as const) {
      const handle = new RunHandle();
      const controller = new AbortController();
      const reasons: string[] = [];
      await new Promise<void>((resolve) => {
        const watcher: Callback = {
          onError: 'stop',
          handle: (event) => {
            if (event.type === 'run-end') reasons.push(event.reason);
          },
          close: resolve,
        };
        const options = { handle, signal: controller.signal };
        const subscription = stream([watcher], plain(9), options).subscribe(({ type }) => {
          if (type === 'step') handle.pause();
          if (type !== 'paused') return;
          if (end === 'stop') handle.stop('enough');
          else if (end === 'abort') controller.abort();
          else subscription.unsubscribe();
        });
      });
      expect(reasons).toEqual([
        { stop: 'enough', abort: 'aborted', unsubscribe: 'unsubscribed' }[end],
      ]);
    }
  });

  test('a handle lets go of a run that is over', async () => {
    const handle = new RunHandle();
    const first = await eventsOf(stream([], plain(1), { handle }));
    const second = await eventsOf(stream([], plain(1), { handle }));
    handle.pause();
    handle.stop();
    expect(typesOf(second)).toEqual(typesOf(first));
  });
});
