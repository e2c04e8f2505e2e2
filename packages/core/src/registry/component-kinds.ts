import type { Backbone, BackboneArguments, BackboneOptions } from '../components/backbone.js';
import type { Callback, CallbackOptions } from '../components/callback.js';
import type { Center, CenterArguments, CenterOptions } from '../components/center.js';
import type { Dataset, DatasetArguments, DatasetOptions } from '../components/dataset.js';
import type { Decoder, DecoderArguments, DecoderOptions } from '../components/decoder.js';
import type { Engine, EngineOptions } from '../components/engine.js';
import type { Head, HeadArguments, HeadOptions } from '../components/head.js';
import type { Loss, LossArguments, LossOptions } from '../components/loss.js';
import type { Merge, MergeOptions } from '../components/merge.js';
import type { Metric, MetricArguments, MetricOptions } from '../components/metric.js';
import type { Optimizer, OptimizerArguments, OptimizerOptions } from '../components/optimizer.js';
import type { Schedule, ScheduleArguments, ScheduleOptions } from '../components/schedule.js';
import type { Transform, TransformArguments, TransformOptions } from '../components/transform.js';
import type { Upsampler, UpsamplerArguments, UpsamplerOptions } from '../components/upsampler.js';
import type { KnownWeights, WeightsOptions } from '../components/weights.js';

/** What nothing but its options is needed for. */
export interface NoArguments {}

/** Every kind of component: its options by name, what its factory is told, and what it makes. */
export interface ComponentKinds {
  backbone: { options: BackboneOptions; arguments: BackboneArguments; instance: Backbone };
  weights: { options: WeightsOptions; arguments: NoArguments; instance: KnownWeights };
  center: { options: CenterOptions; arguments: CenterArguments; instance: Center };
  upsampler: { options: UpsamplerOptions; arguments: UpsamplerArguments; instance: Upsampler };
  merge: { options: MergeOptions; arguments: NoArguments; instance: Merge };
  decoder: { options: DecoderOptions; arguments: DecoderArguments; instance: Decoder };
  head: { options: HeadOptions; arguments: HeadArguments; instance: Head };
  loss: { options: LossOptions; arguments: LossArguments; instance: Loss };
  metric: { options: MetricOptions; arguments: MetricArguments; instance: Metric };
  optimizer: { options: OptimizerOptions; arguments: OptimizerArguments; instance: Optimizer };
  schedule: { options: ScheduleOptions; arguments: ScheduleArguments; instance: Schedule };
  transform: { options: TransformOptions; arguments: TransformArguments; instance: Transform };
  dataset: { options: DatasetOptions; arguments: DatasetArguments; instance: Dataset };
  callback: { options: CallbackOptions; arguments: NoArguments; instance: Callback };
  engine: { options: EngineOptions; arguments: NoArguments; instance: Engine };
}

/** The name of a kind. */
export type Kind = keyof ComponentKinds;

/** All kinds, in the order in which a config names them. */
export const kinds = [
  'engine',
  'dataset',
  'transform',
  'backbone',
  'weights',
  'center',
  'decoder',
  'upsampler',
  'merge',
  'head',
  'loss',
  'metric',
  'optimizer',
  'schedule',
  'callback',
] as const satisfies readonly Kind[];

/** What a factory of kind `K` is told. */
export type Arguments<K extends Kind> = ComponentKinds[K]['arguments'];

/** What a factory of kind `K` makes. */
export type Instance<K extends Kind> = ComponentKinds[K]['instance'];

/** zod infers `Record<string, never>` for a schema without fields, which would forbid even the name. */
type Fields<Options> = string extends keyof Options ? NoArguments : Options;

type SpecFor<Name extends string, Options> =
  ({ readonly name: Name } & Options) | (Partial<Options> extends Options ? Name : never);

type SpecOf<Options> = {
  [Name in keyof Options & string]: SpecFor<Name, Fields<Options[Name]>>;
}[keyof Options & string];

/**
 * A component as a config names it: `'ce'`, or `{ name: 'ce', ignoreIndex: 255 }`. Names and options are those that
 * the imported plugins declare.
 */
export type Spec<K extends Kind> = SpecOf<ComponentKinds[K]['options']>;

/** A component spec after validation: its name and all options, defaults filled in. */
export interface ResolvedSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}
