import {
  buildModel,
  type App,
  type Config,
  type Loss,
  type ModelInput,
  type Parameter,
  type SegmentationModel,
} from '@segkit/core';

/** A network that engines are tried with. */
export interface TrialNetwork {
  readonly model: ModelInput;
  readonly loss: 'ce' | 'bce';
  readonly classes: number;
  readonly channels: number;
}

/** A built network whose parameters have no values yet. */
export interface OpenedNetwork {
  readonly config: Config;
  readonly model: SegmentationModel;
  readonly loss: Loss;
  /** Parameters that are trained, by name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** Builds a network of segkit's own parts. */
export function openNetwork({ registry, parseConfig }: App, network: TrialNetwork): OpenedNetwork {
  const names = Array.from({ length: network.classes }, (_, index) => `class-${String(index)}`);
  const config = parseConfig({
    // Only the labels matter; a config is not complete without a data set.
    data: { labels: { classes: names }, train: 'synthetic-cells' },
    model: network.model,
    loss: network.loss,
    optimizer: { name: 'adam', learningRate: 1e-3 },
    train: { steps: 1, batchSize: 1 },
  });
  const { labels } = config.data;
  const loss = registry.create('loss', config.loss, { labels }, { path: 'loss' });
  const outChannels = loss.outChannels(labels.classes.length);
  const model = buildModel(registry, config.model, { inChannels: network.channels, outChannels });
  const trainable = [...model.namedParameters()].filter(([, { trainable: is }]) => is);
  return { config, model, loss, parameters: new Map(trainable) };
}
