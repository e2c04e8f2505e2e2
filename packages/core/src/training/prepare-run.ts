import { runBeginning, untroubled } from '../checkpoint/checkpoint-state.js';
import { startRunFolder, type RunPlace } from '../checkpoint/start-run-folder.js';
import type { Dataset } from '../components/dataset.js';
import type { Logger } from '../components/logger.js';
import type { Optimizer } from '../components/optimizer.js';
import type { Schedule } from '../components/schedule.js';
import type { Config } from '../config/config-schema.js';
import { ConfigError, DataError } from '../errors.js';
import type { EvaluationPlan } from '../inference/evaluate.js';
import { planInput } from '../inference/plan-input.js';
import { applyTransforms } from '../loading/apply-transforms.js';
import { createMetrics, createTransforms, openDataset } from '../loading/create-data.js';
import { specOfSplit } from '../loading/fold-dataset.js';
import type { Loader } from '../loading/loader.js';
import { createLoader } from '../loading/open-loader.js';
import { WeightMaps } from '../loading/weight-maps.js';
import { expectAcceptedSize } from '../model/accepted-sizes.js';
import { buildNetwork } from '../model/build-model.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { Parameter } from '../nn/parameter.js';
import type { Registry } from '../registry/registry.js';
import { randomStream, type RandomStream } from '../tensor/random-stream.js';
import { openPretrained } from '../weights/open-pretrained.js';
import { Freezer } from './freezer.js';
import type { RunPlan } from './run-plan.js';
import { WeightAverages } from './weight-averages.js';

/** What is there once a run's weights are. */
export type TrainedState = Pick<RunPlan, 'optimizer' | 'averages' | 'start' | 'guards'>;

/** A run's parts before any weight is made. */
export type RunParts = Omit<RunPlan, keyof TrainedState | 'folder' | 'lock' | 'warnings'>;

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
  logger: Logger,
): Promise<RunPlan> {
  const { baseFolder } = place;
  const parts = await prepareParts(registry, config, engine, { baseFolder, logger });
  const assignPretrained = await openPretrained(registry, parts.model.backbone, baseFolder, logger);
  const { folder, lock } = await startRunFolder(config, engine, place, parts.model);
  parts.model.initialize(parts.random.fork('weights'));
  assignPretrained();
  return { ...parts, ...beginning(registry, config, parts.model), folder, lock, warnings: [] };
}

/** The state of a run whose network has its first weights. */
export function beginning(
  registry: Registry,
  config: Config,
  model: SegmentationModel,
): TrainedState {
  return {
    optimizer: createOptimizer(registry, config, model),
    averages: createAverages(config, model),
    start: runBeginning,
    guards: untroubled,
  };
}

/**
 * Builds and checks a run's parts; no weight is allocated, nothing is written.
 * @throws SegkitError saying what is wrong and how to fix it.
 */
export async function prepareParts(
  registry: Registry,
  config: Config,
  engine: string,
  { baseFolder, logger }: { readonly baseFolder: string; readonly logger: Logger },
): Promise<RunParts> {
  const random = randomStream(config.seed);
  const network = await prepareNetwork(registry, config, baseFolder, random, logger);
  const { batchesPerEpoch } = network.loader;
  const totalSteps = config.train.steps ?? (config.train.epochs ?? 1) * batchesPerEpoch;
  const scheduleScope = { path: 'schedule' };
  const schedule = registry.create('schedule', config.schedule, { totalSteps }, scheduleScope);
  expectValidation(schedule, network.validation);
  return {
    ...network,
    config,
    schedule,
    callbacks: config.callbacks.map((spec, index) => ({
      name: spec.name,
      callback: registry.create('callback', spec, {}, { path: `callbacks.${String(index)}` }),
    })),
    engine,
    seed: config.seed,
    random,
    batchSize: config.train.batchSize * config.train.accumulate,
    totalSteps,
    validateEvery: config.train.validateEvery,
    train: config.train,
    freezer: new Freezer(network.model, config.train.freeze),
  };
}

/** Makes the config's optimiser for the network's trainable parameters, which must have values. */
export function createOptimizer(
  registry: Registry,
  config: Config,
  model: SegmentationModel,
): Optimizer {
  const parameters = trainableParameters(model);
  return registry.create('optimizer', config.optimizer, { parameters }, { path: 'optimizer' });
}

/** Makes the averages that the config asks for; they start from the network's weights of the moment. */
export function createAverages(
  { train: { ema } }: Config,
  model: SegmentationModel,
): WeightAverages | null {
  return ema && new WeightAverages(model, ema.decay);
}

/** Opens the data, assembles the network around it and checks that they fit; no weight is allocated. */
async function prepareNetwork(
  registry: Registry,
  config: Config,
  baseFolder: string,
  random: RandomStream,
  logger: Logger,
): Promise<Pick<RunPlan, 'model' | 'loss' | 'loader' | 'validation' | 'trainSamples'>> {
  const { labels, train: trainSpec } = config.data;
  const validationSpec = specOfSplit(config, 'validation');
  const train = await openDataset(registry, config, 'train', trainSpec, baseFolder);
  const validationSet =
    validationSpec &&
    (await openDataset(registry, config, 'validation', validationSpec, baseFolder));
  expectSameChannels(train, validationSet);

  const { loss, model } = buildNetwork(registry, config, train.channels, random);
  const loader = createLoader(registry, config, { dataset: train, loss }, { baseFolder, logger });
  const validation = validationSet && {
    model,
    loss,
    dataset: validationSet,
    labels,
    transforms: createTransforms(registry, config, 'validation'),
    metrics: createMetrics(registry, config, loss),
    weightMaps: new WeightMaps(loss),
  };
  await checkSizes(model, loader, validation);
  return { model, loss, loader, validation, trainSamples: train.length };
}

function trainableParameters(model: SegmentationModel): Map<string, Parameter> {
  return new Map([...model.namedParameters()].filter(([, parameter]) => parameter.trainable));
}

function expectValidation(schedule: Schedule, validation: EvaluationPlan | null): void {
  if (schedule.observe === undefined || validation !== null) return;
  const message = 'this schedule follows validations, and there is no data.validation';
  throw new ConfigError(`schedule: ${message}; name a validation set.`, [
    { path: 'schedule', message },
  ]);
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
  const prepared = applyTransforms(validation.transforms, first, randomStream(0));
  planInput(model, prepared.image);
}
