import type * as z from 'zod';

import type { LabelsInput } from '../components/labels-input.js';
import type { Logger } from '../components/logger.js';
import type { RandomStream } from '../tensor/random-stream.js';
import type { Arguments, Instance, Kind, ResolvedSpec, Spec } from './component-kinds.js';

/** Makes schemas for options that name other components. */
export type SpecSchemaFactory = <K extends Kind>(kind: K) => z.ZodType<ResolvedSpec, Spec<K>>;

/** The services that every factory can use. */
export interface ComponentContext {
  /** Where the component stands in the config, e.g. `model.decoder`; opens error messages. */
  readonly path: string;
  readonly logger: Logger;
  /** A random stream of this component's own. */
  readonly random: RandomStream;
  /**
   * Makes a nested component from an option that the `component` schema validated.
   * @param place - Path of the option below this component's, e.g. `losses.1.loss`. Default: the kind.
   */
  readonly create: <K extends Kind>(
    kind: K,
    spec: ResolvedSpec,
    args: Arguments<K>,
    place?: string,
  ) => Instance<K>;
}

/** A registered component: a plain value that `createApp({ plugins })` takes. */
export interface Plugin<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
  /** One sentence for `segkit plugins`. */
  readonly description: string;
  /** Paper or reference. */
  readonly source: string | undefined;
  /** Of a data set: the classes of its format, for configs without `data.labels`. */
  readonly labels?: LabelsInput | undefined;
  /** The options' schema. */
  readonly schema: (component: SpecSchemaFactory) => z.ZodObject;
  /** @param options - Validated by `schema`, without `name`. */
  readonly create: (options: unknown, args: unknown, context: ComponentContext) => Instance<K>;
}

/** What an author writes to define a component. */
export interface Definition<K extends Kind, S extends z.ZodObject> {
  /** The paper's name, kebab-case. */
  readonly name: string;
  /** One sentence for `segkit plugins`. */
  readonly description: string;
  /** Address of the paper or reference code. */
  readonly source?: string;
  /** Of a data set: the classes that its format prescribes, for configs without `data.labels`. */
  readonly labels?: K extends 'dataset' ? LabelsInput : never;
  /**
   * Schema of the options, each with a default where one is sensible; use `z.strictObject` so that typos are errors.
   * A component that uses others gets a function: `({ component }) => z.strictObject({ upsampler:
   * component('upsampler').default(…) })`.
   */
  readonly options: S | ((schemas: { readonly component: SpecSchemaFactory }) => S);
  /** Makes the component. */
  readonly create: (options: z.output<S>, context: ComponentContext & Arguments<K>) => Instance<K>;
}

/** Turns a definition into a plugin of the given kind. */
function definePlugin<K extends Kind>(kind: K) {
  return <S extends z.ZodObject>(definition: Definition<K, S>): Plugin<K> => ({
    kind,
    name: definition.name,
    description: definition.description,
    source: definition.source,
    ...(definition.labels && { labels: definition.labels }),
    schema: (component) =>
      typeof definition.options === 'function'
        ? definition.options({ component })
        : definition.options,
    create: (options, args, context) =>
      definition.create(options as z.output<S>, {
        ...context,
        ...(args as Arguments<K>),
      }),
  });
}

/** Defines a backbone plugin. */
export const defineBackbone = definePlugin('backbone');
/** Defines a file of pretrained weights. Its name opens with that of the backbone: `resnet18-imagenet`. */
export const defineWeights = definePlugin('weights');
/** Defines a centre-block plugin. */
export const defineCenter = definePlugin('center');
/** Defines an upsampler plugin. */
export const defineUpsampler = definePlugin('upsampler');
/** Defines a skip-merge plugin. */
export const defineMerge = definePlugin('merge');
/** Defines a decoder plugin. */
export const defineDecoder = definePlugin('decoder');
/** Defines an output-head plugin. */
export const defineHead = definePlugin('head');
/** Defines a loss plugin. */
export const defineLoss = definePlugin('loss');
/** Defines a metric plugin. */
export const defineMetric = definePlugin('metric');
/** Defines an optimiser plugin. */
export const defineOptimizer = definePlugin('optimizer');
/** Defines a learning-rate schedule plugin. */
export const defineSchedule = definePlugin('schedule');
/** Defines a transform plugin. */
export const defineTransform = definePlugin('transform');
/** Defines a data-set plugin. */
export const defineDataset = definePlugin('dataset');
/** Defines a callback plugin. */
export const defineCallback = definePlugin('callback');
/** Defines an engine plugin. */
export const defineEngine = definePlugin('engine');
