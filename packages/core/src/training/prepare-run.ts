import { startRunFolder, type RunPlace } from '../checkpoint/start-run-folder.js';
import type { Dataset } from '../components/dataset.js';
import type { Logger } from '../components/logger.js';
import type { Config } from '../config/config-schema.js';
import { DataError } from '../errors.js';
import type { EvaluationPlan } from '../inference/evaluate.js';
import { planInput } from '../inference/plan-input.js';
import { applyTransforms } from '../loading/apply-transforms.js';
import { createMetrics, createTransforms, openDataset } from '../loading/create-data.js';
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
import type { RunPlan } from './run-plan.js';

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
  const random = randomStream(config.seed);
  const network = await prepareNetwork(registry, config, place.baseFolder, random, logger);
  const { model, loader } = network;
  const totalSteps = config.train.steps ?? (config.train.epochs ?? 1) * loader.batchesPerEpoch;
  const scheduleScope = { path: 'schedule' };
  const schedule = registry.create('schedule', config.schedule, { totalSteps }, scheduleScope);
  const callbacks = config.callbacks.map((spec, index) => ({
    name: spec.name,
    callback: registry.create('callback', spec, {}, { path: `callbacks.${String(index)}` }),
  }));
  const assignPretrained = await openPretrained(registry, model.backbone, place.baseFolder, logger);
  const folder = await startRunFolder(config, engine, place, model);
  model.initialize(random.fork('weights'));
  assignPretrained();
  const parameters = trainableParameters(model);
  const optimizerScope = { path: 'optimizer' };
  return {
    ...network,
    optimizer: registry.create('optimizer', config.optimizer, { parameters }, optimizerScope),
    schedule,
    callbacks,
    folder,
    engine,
    seed: config.seed,
    random,
    batchSize: config.train.batchSize,
    totalSteps,
    validateEvery: config.train.validateEvery,
  };
}

/** Opens the data, assembles the network around it and checks that they fit; no weight is allocated. */
async function prepareNetwork(
  registry: Registry,
  config: Config,
  baseFolder: string,
  random: RandomStream,
  logger: Logger,
): Promise<Pick<RunPlan, 'model' | 'loss' | 'loader' | 'validation' | 'trainSamples'>> {
  const { labels, train: trainSpec, validation: validationSpec } = config.data;
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
