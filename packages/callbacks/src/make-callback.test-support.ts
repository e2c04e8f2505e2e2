import {
  createApp,
  type Callback,
  type CheckpointRequest,
  type Plugin,
  type RunControl,
  type SamplePrediction,
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
  /** Numbers given to `report`. */
  readonly reports: Readonly<Record<string, number>>[];
  /** Indices given to `predict`. */
  readonly predicted: number[];
}

/** For tests: makes a run in a folder, whose network finds class 1 where the image is bright. */
export function fakeRun(folder: string | null): FakeRun {
  const saved: string[] = [];
  const requests: CheckpointRequest[] = [];
  const stops: string[] = [];
  const reports: Readonly<Record<string, number>>[] = [];
  const predicted: number[] = [];
  return {
    folder,
    config: { name: 'fake', seed: 0, loss: { name: 'ce' }, train: { steps: 100, epochs: null } },
    labels: {
      classes: [
        { name: 'dark', color: [0, 0, 0], values: [0] },
        { name: 'bright', color: [200, 100, 0], values: [1] },
      ],
      ignoreIndex: 255,
      ignoreValues: [255],
    },
    saved,
    requests,
    stops,
    reports,
    predicted,
    stop: (reason) => void stops.push(reason),
    saveCheckpoint: (name, options = {}) => {
      saved.push(name);
      requests.push(options);
      return `checkpoints/${name}`;
    },
    report: (values) => void reports.push(values),
    predict: (index) => {
      predicted.push(index);
      return Promise.resolve(fakePrediction(index));
    },
    weights: () =>
      Promise.resolve(
        new Map([
          ['conv.weight', { shape: [2, 2], data: Float32Array.of(-1, 0, 0.5, 1) }],
          ['conv.bias', { shape: [1], data: Float32Array.of(3) }],
        ]),
      ),
  };
}

/** A dark and a bright pixel, both found. */
function fakePrediction(index: number): SamplePrediction {
  const size = { height: 1, width: 2, channels: 1 };
  return {
    sample: {
      id: `sample-${String(index)}`,
      image: { ...size, data: Float32Array.of(0, 1) },
      labels: { ...size, data: Int32Array.of(0, 1) },
    },
    prediction: Int32Array.of(0, 1),
    output: { ...size, channels: 2, data: Float32Array.of(1, 0, 0, 1) },
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
