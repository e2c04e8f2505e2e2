import {
  type Callback,
  type Plugin,
  randomStream,
  type RunControl,
  SegkitError,
  silentLogger,
  type TrainingEvent,
} from '@segkit/core';

function noNestedComponents(): never {
  throw new SegkitError('callbacks have no nested components.');
}

/** For tests: makes a callback as the registry does. */
export function makeCallback(plugin: Plugin<'callback'>, options: object = {}): Callback {
  const context = {
    path: 'callbacks.0',
    logger: silentLogger,
    random: randomStream(0),
    create: noNestedComponents,
  };
  return plugin.create(plugin.schema(noNestedComponents).parse(options), {}, context);
}

/** For tests: a run that remembers what callbacks asked of it. */
export interface FakeRun extends RunControl {
  /** Names given to `saveCheckpoint`. */
  readonly saved: string[];
  /** Reasons given to `stop`. */
  readonly stops: string[];
}

/** For tests: makes a run in a folder. */
export function fakeRun(folder: string | null): FakeRun {
  const saved: string[] = [];
  const stops: string[] = [];
  return {
    folder,
    saved,
    stops,
    stop: (reason) => void stops.push(reason),
    saveCheckpoint: (name) => {
      saved.push(name);
      return Promise.resolve(`checkpoints/${name}`);
    },
  };
}

/** For tests: hands events over one by one, as the loop does. */
export async function send(
  callback: Callback,
  run: RunControl,
  events: readonly TrainingEvent[],
): Promise<void> {
  for (const event of events) await callback.handle(event, run);
}
