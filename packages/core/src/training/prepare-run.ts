import { relative } from 'node:path';

import { version } from '../../package.json';
import { createRunFolder, freshFolder } from '../checkpoint/run-folder.js';
import type { Dataset } from '../components/dataset.js';
import type { Loss } from '../components/loss.js';
import type { Config } from '../config/config-schema.js';
import { DataError } from '../errors.js';
import type { EvaluationPlan } from '../inference/evaluate.js';
import { planInput } from '../inference/plan-input.js';
import { createMetrics, createTransforms, openDataset } from '../loading/create-data.js';
import { Loader } from '../loading/loader.js';
import { WeightMaps } from '../loading/weight-maps.js';
import { expectAcceptedSize } from '../model/accepted-sizes.js';
import { buildModel } from '../model/build-model.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { Parameter } from '../nn/parameter.js';
import type { Registry } from '../registry/registry.js';
import { randomStream } from '../tensor/random-stream.js';
import type { RunPlan } from './run-plan.js';

/** Where a run writes and where its config came from. */
export interface RunPlace {
  /** The folder to create; a number is appended if it exists. `null` writes nothing. */
  readonly folder: string | null;
  /** Folder where relative paths in the config start. */
  readonly baseFolder: string;
  readonly configFile: string | null;
}

/**
 * Builds and checks everything a run needs - data, network, sizes - and only then makes weights and the folder.
 * @param engine - Name of the engine that was started.
 * @throws SegkitError saying what is wrong and how to fix it.
 */
export async function prepareRun(
  registry: Registry,
  config: Config,
  engine: string,
  place: RunPlace,
): Promise<RunPlan> {
  const random = randomStream(config.seed);
  const { labels } = config.data;
  const train = await openDataset(registry, config, 'train', config.data.train, place.baseFolder);
  const validationSet =
    config.data.validation &&
    (await openDataset(registry, config, 'validation', config.data.validation, place.baseFolder));
  expectSameChannels(train, validationSet);

  const loss = registry.create('loss', config.loss, { labels }, { path: 'loss', random });
  const ends = { inChannels: train.channels, outChannels: outChannelsOf(loss, config, train) };
  const model = buildModel(registry, config.model, ends, random);
  const { batchSize } = config.train;
  const transforms = createTransforms(registry, config, 'train');
  const loader = new Loader({ dataset: train, transforms, loss, batchSize, random });
  const validation = validationSet && {
    model,
    loss,
    dataset: validationSet,
    labels,
    transforms: createTransforms(registry, config, 'validation'),
    metrics: createMetrics(registry, config),
    weightMaps: new WeightMaps(loss),
  };
  await checkSizes(model, loader, validation);

  const totalSteps = config.train.steps ?? (config.train.epochs ?? 1) * loader.batchesPerEpoch;
  const schedule = registry.create(
    'schedule',
    config.schedule,
    { totalSteps },
    { path: 'schedule' },
  );
  const callbacks = config.callbacks.map((spec, index) => ({
    name: spec.name,
    callback: registry.create('callback', spec, {}, { path: `callbacks.${String(index)}` }),
  }));
  const folder = place.folder === null ? null : freshFolder(place.folder);
  if (folder !== null) {
    await createRunFolder(folder, config, {
      createdAt: new Date().toISOString(),
      engine,
      node: process.version,
      segkit: version,
      inChannels: train.channels,
      parameters: model.parameterCount,
      // Relative, so that a project's folder can be moved.
      configFile: place.configFile && relative(folder, place.configFile),
      baseFolder: relative(folder, place.baseFolder),
    });
  }
  model.initialize(random.fork('weights'));
  const optimizer = registry.create(
    'optimizer',
    config.optimizer,
    { parameters: trainableParameters(model) },
    { path: 'optimizer' },
  );
  return {
    model,
    loss,
    optimizer,
    schedule,
    loader,
    validation,
    callbacks,
    folder,
    engine,
    seed: config.seed,
    random,
    batchSize,
    totalSteps,
    validateEvery: config.train.validateEvery,
    trainSamples: train.length,
  };
}

function trainableParameters(model: SegmentationModel): Map<string, Parameter> {
  return new Map([...model.namedParameters()].filter(([, parameter]) => parameter.trainable));
}

/** Logits per pixel: by the loss, or, for image-to-image tasks, the target's channels (those of the input). */
function outChannelsOf(loss: Loss, config: Config, train: Dataset): number {
  return loss.activation === 'none'
    ? train.channels
    : loss.outChannels(config.data.labels.classes.length);
}

function expectSameChannels(train: Dataset, validation: Dataset | null): void {
  if (validation === null || validation.channels === train.channels) return;
  throw new DataError(
    `data: training images have ${String(train.channels)} channels, validation images ${String(validation.channels)}; ` +
      'set "channels" of both data sets to the same number.',
  );
}

/** Runs one sample of each set through its transforms, to see that the network can take what comes out. */
async function checkSizes(
  model: SegmentationModel,
  loader: Loader,
  validation: EvaluationPlan | null,
): Promise<void> {
  const [sample] = await loader.batch(1, 0);
  if (sample !== undefined) expectAcceptedSize(model, sample.image, 'training images');
  if (validation === null) return;
  const first = await validation.dataset.load(0);
  const prepared = validation.transforms.reduce(
    (current, transform, index) => transform.apply(current, randomStream(0).fork(index)),
    first,
  );
  planInput(model, prepared.image);
}
