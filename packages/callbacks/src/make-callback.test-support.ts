import {
  createApp,
  type Callback,
  type Plugin,
  type RunControl,
  silentLogger,
  type TrainingEvent,
} from '@segkit/core';

/** For tests: makes a callback as the registry does. */
export function makeCallback(plugin: Plugin<'callback'>, options: object = {}): Callback {
  const { registry } = createApp({ plugins: [plugin], logger: silentLogger });
  const spec = { name: plugin.name, ...registry.schemaOf(plugin).parse(options) };
  return registry.create('callback', spec, {}, { path: 'callbacks.0' });
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
