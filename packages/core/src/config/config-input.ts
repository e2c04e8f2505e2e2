import type { Preset } from '../presets/preset.js';
import type { Spec } from '../registry/component-kinds.js';
import type { Plugin } from '../registry/plugin.js';
import type { LoaderInput } from './loader-options.js';

/** One class as a config names it. */
export type LabelClassInput =
  | string
  | {
      readonly name: string;
      /** Red, green, blue, 0-255. Default: the PASCAL VOC palette's colour of the class index. */
      readonly color?: readonly [number, number, number];
      /** Raw mask values that mean this class. Default: the class index. */
      readonly values?: readonly number[];
    };

/** What the masks mean. */
export interface LabelsInput {
  /** At least two classes, background first by custom. */
  readonly classes: readonly LabelClassInput[];
  /** Label of pixels that nobody counts. Default 255. */
  readonly ignoreIndex?: number;
  /** Raw mask values that become `ignoreIndex`. Default: `[ignoreIndex]`. */
  readonly ignoreValues?: readonly number[];
}

/** Where images come from. */
export interface DataInput {
  readonly labels: LabelsInput;
  readonly train: Spec<'dataset'>;
  readonly validation?: Spec<'dataset'>;
  readonly test?: Spec<'dataset'>;
}

/** The network's parts. */
export interface ModelInput {
  readonly backbone: Spec<'backbone'>;
  /** Default `identity`. */
  readonly center?: Spec<'center'>;
  readonly decoder: Spec<'decoder'>;
  /** Default `conv1x1`. */
  readonly head?: Spec<'head'>;
}

/** How long and how much at a time. */
export interface TrainInput {
  /** Updates to make; give either this or `epochs`. */
  readonly steps?: number;
  /** Passes over the training set; give either this or `steps`. */
  readonly epochs?: number;
  /** Images per update. Default 2. */
  readonly batchSize?: number;
  /** Steps between validations; default: at the end of every epoch. The run always ends with one. */
  readonly validateEvery?: number;
}

type OrAuto<T> = T | 'auto';

/** A whole experiment. Every part is a component's name, or `{ name, …options }`. */
export interface ConfigInput {
  /** Names the run's folder. Default: the config file's folder, or `run`. */
  readonly name?: string;
  /** Seed of every random stream. Default 0. */
  readonly seed?: number;
  /** Default `auto`: the first engine that starts. */
  readonly engine?: OrAuto<Spec<'engine'>>;
  readonly data: DataInput;
  readonly transforms?: {
    readonly train?: readonly Spec<'transform'>[];
    readonly validation?: readonly Spec<'transform'>[];
  };
  readonly model: ModelInput;
  readonly loss: Spec<'loss'>;
  /** Default `['segmentation']`. */
  readonly metrics?: readonly Spec<'metric'>[];
  /** Default `adam`. */
  readonly optimizer?: Spec<'optimizer'>;
  /** Default `constant`. */
  readonly schedule?: Spec<'schedule'>;
  readonly train: TrainInput;
  /** How batches are prepared: threads, prefetch, cache, unreadable files. */
  readonly loader?: LoaderInput;
  /** Default: `checkpoint` and `jsonl-log`. */
  readonly callbacks?: readonly Spec<'callback'>[];
  /** Plugins that this config needs: values, or modules (relative to the config file) whose exports hold them. */
  readonly plugins?: readonly (Plugin | Preset | string)[];
}

/**
 * Identity, for completion and type checks of a config.
 * @example
 * export default defineConfig({ model: { backbone: 'resnet18', decoder: 'linknet' }, … });
 */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
