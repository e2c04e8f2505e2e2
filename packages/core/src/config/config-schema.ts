import * as z from 'zod';

import type { LabelSchema } from '../components/label-schema.js';
import type { LabelsInput } from '../components/labels-input.js';
import { ConfigError, type ConfigIssue } from '../errors.js';
import type { ResolvedSpec } from '../registry/component-kinds.js';
import { describeIssue } from '../registry/describe-issue.js';
import type { Registry } from '../registry/registry.js';
import type { ConfigInput } from './config-input.js';
import { labelSchema } from './label-schema.js';
import { expectPlainData } from './plain-data.js';
import { trainSchema, type TrainConfig } from './train-schema.js';
import { withOwnLabels } from './with-own-labels.js';
import { loaderOptions, type LoaderOptions } from './loader-options.js';

/** A config after validation: every component resolved, every default filled in; plain JSON. */
export interface Config {
  readonly name: string;
  readonly seed: number;
  /** `null` picks the first engine that starts. */
  readonly engine: ResolvedSpec | null;
  readonly data: {
    readonly labels: LabelSchema;
    readonly train: ResolvedSpec;
    readonly validation: ResolvedSpec | null;
    readonly test: ResolvedSpec | null;
    readonly fold: z.output<typeof foldSchema> | null;
  };
  readonly transforms: {
    readonly train: readonly ResolvedSpec[];
    readonly validation: readonly ResolvedSpec[];
  };
  readonly model: {
    readonly backbone: ResolvedSpec;
    readonly center: ResolvedSpec;
    readonly decoder: ResolvedSpec;
    readonly head: ResolvedSpec;
    /** Default: none. */
    readonly auxiliary?: readonly {
      readonly level: number;
      readonly head: ResolvedSpec;
      readonly weight: number;
    }[];
  };
  readonly loss: ResolvedSpec;
  readonly metrics: readonly ResolvedSpec[];
  readonly optimizer: ResolvedSpec;
  readonly schedule: ResolvedSpec;
  readonly train: TrainConfig;
  readonly loader: LoaderOptions;
  readonly callbacks: readonly ResolvedSpec[];
}

/** What a network is made of: no images, no training. */
export interface NetworkConfig extends Pick<Config, 'seed' | 'engine' | 'model' | 'loss'> {
  readonly data: Pick<Config['data'], 'labels'>;
}

/** What an audit of the images needs to know. */
export type DataConfig = Pick<Config, 'seed' | 'data'>;

const count = z.number().int().positive();

const foldSchema = z
  .strictObject({
    index: count.describe('The fold that is validated on, from 1.'),
    of: count.min(2).describe('Folds that the training images are divided into.'),
    seed: z.number().int().default(0).describe('Decides which images are in which fold.'),
  })
  .refine(({ index, of }) => index <= of, {
    path: ['index'],
    error: 'expected an index from 1 to "of"',
  });

function auxiliarySchema(registry: Registry) {
  return z.strictObject({
    level: z
      .number()
      .int()
      .default(-2)
      .describe("Which of the backbone's maps, from 0, or from the deepest with -1."),
    head: registry.spec('head').prefault(byName('conv1x1')).describe('Turns the map into logits.'),
    weight: z.number().positive().default(0.4).describe("Of its loss, beside the network's."),
  });
}

/** The sections that decide the network and its first weights. */
function networkSections(registry: Registry) {
  return {
    seed: z.number().int().default(0).describe('Seed of every random stream.'),
    engine: z
      .union([z.literal('auto').transform(() => null), z.null(), registry.spec('engine')])
      .default(null)
      .describe('What computes; "auto" or null: the first engine that starts.'),
    model: z
      .strictObject({
        backbone: registry.spec('backbone').describe('Turns the image into feature maps.'),
        center: registry
          .spec('center')
          .prefault(byName('identity'))
          .describe('Works on the deepest feature map.'),
        decoder: registry
          .spec('decoder')
          .describe('Brings feature maps back to a high resolution.'),
        head: registry
          .spec('head')
          .prefault(byName('conv1x1'))
          .describe("Turns the decoder's map into logits."),
        auxiliary: z
          .array(auxiliarySchema(registry))
          .default([])
          .describe("Heads on the backbone's maps that only training sees."),
      })
      .describe("The network's parts."),
    loss: registry.spec('loss').describe('What training makes small.'),
  };
}

/** Labels and splits. */
function dataSection(registry: Registry) {
  const dataset = registry.spec('dataset');
  return z
    .strictObject({
      labels: labelSchema.describe('What the masks mean.'),
      train: dataset.describe('The images to learn from.'),
      validation: dataset.nullable().default(null).describe('The images to watch progress on.'),
      test: dataset
        .nullable()
        .default(null)
        .describe('The images for segkit evaluate --split test.'),
      fold: foldSchema
        .nullable()
        .default(null)
        .describe('Cross-validation: which part of the training images is validated on.'),
    })
    .describe('Where images come from.');
}

/** The schema of a whole config for the components of one registry. */
export function configSchema(registry: Registry) {
  const transforms = z.array(registry.spec('transform')).default([]);
  return z.strictObject({
    ...networkSections(registry),
    name: z.string().min(1).default('run').describe("Names the run's folder."),
    data: dataSection(registry),
    transforms: z
      .strictObject({
        train: transforms.describe('Applied to every training sample, in order.'),
        validation: transforms.describe('Applied to every other sample, in order.'),
      })
      .prefault({})
      .describe('What is done to samples before the network sees them.'),
    metrics: z
      .array(registry.spec('metric'))
      .prefault([byName('segmentation')])
      .describe('What validations compute.'),
    optimizer: registry
      .spec('optimizer')
      .prefault(byName('adam'))
      .describe('How weights follow their gradients.'),
    schedule: registry
      .spec('schedule')
      .prefault(byName('constant'))
      .describe('How the learning rate changes.'),
    train: trainSchema.describe('How long, how much at a time, and what is done on the way.'),
    loader: loaderOptions.prefault({}).describe('How batches are prepared.'),
    callbacks: z
      .array(registry.spec('callback'))
      .prefault([byName('checkpoint'), byName('jsonl-log')])
      .describe('What watches the run.'),
  });
}

/** Core knows no component's options, so its defaults are names the first-party plugins provide. */
function byName(name: string): never {
  return name as never;
}

/** The keys of the object that a path leads to; none if it leads elsewhere. */
function keysAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const key of path) {
    const inner = withoutDefault(current);
    current = inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined;
  }
  const found = withoutDefault(current);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function withoutDefault(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? withoutDefault(schema.unwrap())
    : schema;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'config' : path.map(String).join('.');
}

/**
 * Validates a config against the registered components.
 * @param input - A `ConfigInput`, or anything read from a file.
 * @returns The config with every default filled in; parsing it again gives the same.
 * @throws ConfigError naming every wrong value by path, what was expected and what was received.
 */
export function parseConfig(registry: Registry, input: unknown): Config {
  return parseBy(configSchema(registry), withOwnLabels(registry, withoutPlugins(input)));
}

/**
 * Validates what of a config decides its network; the rest may be missing or wrong.
 * @throws ConfigError naming every wrong value.
 */
export function parseNetworkConfig(registry: Registry, input: unknown): NetworkConfig {
  const data = z.object({ labels: labelSchema });
  const network = withOwnLabels(registry, withoutPlugins(input));
  return parseBy(z.object({ ...networkSections(registry), data }), network);
}

/**
 * Validates what masks mean and fills in ids, colours and values.
 * @example
 * const labels = parseLabels({ classes: ['background', { name: 'cell', values: [255] }] });
 * @throws ConfigError naming every wrong value.
 */
export function parseLabels(labels: LabelsInput): LabelSchema {
  return parseBy(z.object({ labels: labelSchema }), { labels }).labels;
}

/**
 * Validates what of a config is about images; the rest may be missing or wrong.
 * @throws ConfigError naming every wrong value.
 */
export function parseDataConfig(registry: Registry, input: unknown): DataConfig {
  const { seed } = networkSections(registry);
  const schema = z.object({ seed, data: dataSection(registry) });
  return parseBy(schema, withOwnLabels(registry, input));
}

function parseBy<T extends z.ZodObject>(schema: T, input: unknown): z.output<T> {
  expectPlainData(input);
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issues: ConfigIssue[] = parsed.error.issues.map((issue) => ({
    path: formatPath(issue.path),
    message: describeIssue(deepest(issue), keysAt(schema, issue.path)),
  }));
  const list = issues.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
  throw new ConfigError(`the config is wrong:\n${list}`, issues);
}

/** Plugins are loaded before the config is parsed and are not part of a run's stored config. */
function withoutPlugins(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const { plugins: _, ...rest } = input as ConfigInput;
  return rest;
}

/** Of a failed union, the alternative that came nearest: the one whose own issues lie deepest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const custom = issue.errors.flat().find((inner) => inner.code === 'custom');
  return custom === undefined ? issue : { ...custom, path: [...issue.path, ...custom.path] };
}
