import {
  createApp,
  type Callback,
  type CheckpointRequest,
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
  /** Options given to `saveCheckpoint`. */
  readonly requests: CheckpointRequest[];
  /** Reasons given to `stop`. */
  readonly stops: string[];
}

/** For tests: makes a run in a folder. */
export function fakeRun(folder: string | null): FakeRun {
  const saved: string[] = [];
  const requests: CheckpointRequest[] = [];
  const stops: string[] = [];
  return {
    folder,
    saved,
    requests,
    stops,
    stop: (reason) => void stops.push(reason),
    saveCheckpoint: (name, options = {}) => {
      saved.push(name);
      requests.push(options);
      return `checkpoints/${name}`;
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
