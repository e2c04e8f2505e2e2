export {
  createApp,
  type App,
  type AppOptions,
  type FitOptions,
  type ResumeOptions,
} from './app.js';
export { readRunFolder, type RunRecord } from './checkpoint/run-folder.js';
export { createRun, type RunPlace } from './checkpoint/start-run-folder.js';
export { readRunWeights } from './checkpoint/open-checkpoint.js';
export type { GitState, Machine } from './checkpoint/origin.js';
export { applyWeights, collectWeights, writeTensors } from './checkpoint/weights.js';
export type {
  Backbone,
  BackboneArguments,
  BackboneOptions,
  Pretrained,
} from './components/backbone.js';
export type { StateValue } from './components/state-value.js';
export type { ResumeChanges } from './training/resume-run.js';
export type {
  Callback,
  CallbackOptions,
  CheckpointRequest,
  RunControl,
  SamplePrediction,
} from './components/callback.js';
export type { Center, CenterArguments, CenterOptions } from './components/center.js';
export { ConfusionMatrix } from './components/confusion-matrix.js';
export type {
  Dataset,
  DatasetArguments,
  DatasetOptions,
  DecodedSample,
  StoredSample,
} from './components/dataset.js';
export type { Decoder, DecoderArguments, DecoderOptions } from './components/decoder.js';
export type { Engine, EngineOptions } from './components/engine.js';
export type { Head, HeadArguments, HeadOptions } from './components/head.js';
export type { Inspection, Inspector, SampleProblem, SetProblem } from './components/inspection.js';
export type { LabelClass, LabelSchema } from './components/label-schema.js';
export type { LabelClassInput, LabelsInput } from './components/labels-input.js';
export { consoleLogger, silentLogger, type Logger } from './components/logger.js';
export type { Activation, Loss, LossArguments, LossOptions, Target } from './components/loss.js';
export type { Merge, MergeOptions } from './components/merge.js';
export type { Metric, MetricArguments, MetricOptions, Observation } from './components/metric.js';
export type {
  NamedArray,
  Optimizer,
  OptimizerArguments,
  OptimizerOptions,
} from './components/optimizer.js';
export type { Sample } from './components/sample.js';
export type {
  ObservedValidation,
  Schedule,
  ScheduleArguments,
  ScheduleOptions,
} from './components/schedule.js';
export type {
  CheckpointSaved,
  EpochEnd,
  EpochStart,
  LowDisk,
  NonFinite,
  Measurement,
  Paused,
  Resumed,
  RunEnd,
  RunStart,
  Spike,
  StalledLoader,
  Step,
  TensorLeak,
  TrainingEvent,
  Unsaved,
  Validation,
  Warning,
  WarningCause,
} from './components/training-event.js';
export type { Transform, TransformArguments, TransformOptions } from './components/transform.js';
export type { Upsampler, UpsamplerArguments, UpsamplerOptions } from './components/upsampler.js';
export type {
  KnownWeights,
  RenameRule,
  WeightsOption,
  WeightsOptions,
  WeightsSource,
} from './components/weights.js';
export {
  defineConfig,
  type ConfigInput,
  type DataInput,
  type ModelInput,
  type TrainInput,
} from './config/config-input.js';
export { configJsonSchema, type JsonSchema } from './config/config-json-schema.js';
export type { LoaderInput, LoaderOptions } from './config/loader-options.js';
export {
  parseConfig,
  parseDataConfig,
  parseLabels,
  parseNetworkConfig,
  type Config,
  type DataConfig,
  type NetworkConfig,
} from './config/config-schema.js';
export { withoutReplacedLength } from './config/run-length.js';
export { vocColor } from './config/label-schema.js';
export {
  CheckpointError,
  ConfigError,
  DataError,
  DuplicateComponentError,
  EngineError,
  messageOf,
  SegkitError,
  ShapeError,
  TrainingError,
  UnknownComponentError,
  type ConfigIssue,
} from './errors.js';
export {
  evaluate,
  type Evaluation,
  type EvaluationPlan,
  type ImageEvaluation,
} from './inference/evaluate.js';
export type { EvaluateOptions, Split } from './inference/evaluate-split.js';
export { createEnsemble, type EnsembleMember } from './inference/ensemble.js';
export { rasterSource, type ImageSource } from './inference/image-source.js';
export { labelsFromProbabilities } from './inference/labels-from-logits.js';
export type { OpenRunOptions, TrainedRun } from './inference/open-run.js';
export type { AxisPlan, Span } from './inference/plan-axis.js';
export type { WindowPlan } from './inference/plan-windows.js';
export {
  checkPredictOptions,
  predictModes,
  viewCounts,
  type PredictOptions,
} from './inference/predict-options.js';
export {
  createPredictor,
  type Prediction,
  type PredictionBand,
  type Predictor,
} from './inference/predictor.js';
export {
  previewSamples,
  type PreviewedSample,
  type PreviewOptions,
} from './loading/preview-samples.js';
export type { Loader } from './loading/loader.js';
export { openLoader, type LoaderPlace } from './loading/open-loader.js';
export { WeightMaps } from './loading/weight-maps.js';
export { expectAcceptedSize } from './model/accepted-sizes.js';
export { buildModel, buildNetwork, type ModelEnds, type Network } from './model/build-model.js';
export { SegmentationModel, type ModelParts } from './model/segmentation-model.js';
export type { LayerSummary, Summary, SummaryOptions } from './model/summary.js';
export * from './nn/index.js';
export * from './ops/index.js';
export * from './optim/index.js';
export { PresetCatalog } from './presets/preset-catalog.js';
export {
  definePreset,
  fromPreset,
  type Preset,
  type PresetBasedConfig,
  type PresetConfig,
} from './presets/preset.js';
export {
  kinds,
  type Arguments,
  type ComponentKinds,
  type Instance,
  type Kind,
  type NoArguments,
  type ResolvedSpec,
  type Spec,
} from './registry/component-kinds.js';
export {
  defineBackbone,
  defineCallback,
  defineCenter,
  defineDataset,
  defineDecoder,
  defineEngine,
  defineHead,
  defineLoss,
  defineMerge,
  defineMetric,
  defineOptimizer,
  defineSchedule,
  defineTransform,
  defineUpsampler,
  defineWeights,
  exportedBy,
  isPlugin,
  type ComponentContext,
  type Definition,
  type Plugin,
  type SpecSchemaFactory,
} from './registry/plugin.js';
export { Registry } from './registry/registry.js';
export type { Box } from './tensor/box.js';
export { connectedComponents, type ConnectivityOptions } from './tensor/connected-components.js';
export { expectShape, formatShape, type ShapePattern } from './tensor/expect-shape.js';
export { mirrorIndex } from './tensor/mirror-raster.js';
export { randomStream, type RandomStream } from './tensor/random-stream.js';
export type { PixelArray, Raster } from './tensor/raster.js';
export { readInto } from './tensor/read-into.js';
export { formatSize, mapSize, sameSize, type Size } from './tensor/size.js';
export type {
  LearningRateSearch,
  LearningRateSearchOptions,
} from './training/find-learning-rate.js';
export type { LearningRatePoint } from './training/learning-rate-range.js';
export { RunHandle, type SteeredRun } from './training/run-handle.js';
export { cacheFolder } from './weights/cache-folder.js';
export { describeReport } from './weights/describe-report.js';
export { downloadFile, hashOf, type DownloadOptions } from './weights/download.js';
export {
  fitWeights,
  loadWeights,
  type FitWeightsOptions,
  type FittedWeights,
  type MissingArray,
  type WeightsReport,
} from './weights/fit-weights.js';
export { locateWeights, type LocateOptions } from './weights/locate-weights.js';
export { weightsOption } from './weights/weights-option.js';
export { decodeWeights, readWeights, type NamedArrays } from './weights/read-weights.js';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './weights/safetensors.js';
