import type { LabelsInput } from '../components/labels-input.js';
import type { Preset } from '../presets/preset.js';
import type { Spec } from '../registry/component-kinds.js';
import type { Plugin } from '../registry/plugin.js';
import type { LoaderInput } from './loader-options.js';

/** Where images come from. */
export interface DataInput {
  /** Default: those of the training set, where its format has classes of its own, as `voc` has. */
  readonly labels?: LabelsInput;
  readonly train: Spec<'dataset'>;
  readonly validation?: Spec<'dataset'>;
  readonly test?: Spec<'dataset'>;
  /**
   * Cross-validation: trains on all images of `train` but those of fold `index` (from 1) of so many, which `validation` then
   * is. Which images are in which fold depends on `seed` (default 0) alone.
   */
  readonly fold?: { readonly index: number; readonly of: number; readonly seed?: number };
}

/** The network's parts. */
export interface ModelInput {
  readonly backbone: Spec<'backbone'>;
  /** Default `identity`. */
  readonly center?: Spec<'center'>;
  readonly decoder: Spec<'decoder'>;
  /** Default `conv1x1`. */
  readonly head?: Spec<'head'>;
  /**
   * Deep supervision: more heads, on maps of the backbone, which only training sees. Their losses, times `weight` (0.4), are
   * added to the network's. `level` counts the maps from 0, or from the deepest with -1; -2 by default.
   */
  readonly auxiliary?: readonly {
    readonly level?: number;
    readonly head?: Spec<'head'>;
    readonly weight?: number;
  }[];
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
  /**
   * Batches of `batchSize` whose gradients are averaged for one update, for effective batches beyond the memory. Equal to
   * the large batch up to rounding, except that batch normalisation takes the statistics of each small batch. Default 1.
   */
  readonly accumulate?: number;
  /** Scales all gradients together so that their common norm is at most this. */
  readonly clipNorm?: number;
  /** Cuts every number of a gradient to this magnitude. */
  readonly clipValue?: number;
  /**
   * Parameters left as they are: for good, or for so many steps. `*` stands for any text: `backbone.*`. A batch
   * normalisation whose `running_mean` is among them normalises by its running statistics and leaves them alone.
   */
  readonly freeze?: readonly { readonly match: string; readonly untilStep?: number }[];
  /** Keeps averages of all weights, which validations and checkpoints take. `decay` is 0.999 by default. */
  readonly ema?: { readonly decay?: number };
  /**
   * What a loss or gradient that is not finite does. Default `stop`. `skip` leaves the update out, `rollback` goes back to
   * the last checkpoint with a lower rate; each at most `limit` times (3).
   */
  readonly onNonFinite?:
    | 'stop'
    | 'skip'
    | 'rollback'
    | {
        readonly do: 'stop' | 'skip' | 'rollback';
        readonly limit?: number;
        readonly rateFactor?: number;
      };
  /** What a loss far above the last ones does. Default `warn`. */
  readonly onLossSpike?:
    | 'ignore'
    | 'warn'
    | 'skip'
    | {
        readonly do: 'ignore' | 'warn' | 'skip';
        readonly window?: number;
        readonly threshold?: number;
      };
  /**
   * What a batch does that does not come for `after` (60) seconds. Default `warn`. `stop` saves the run and ends it with an
   * error after `limit` (600) seconds.
   */
  readonly onStall?:
    | 'warn'
    | 'stop'
    | { readonly do: 'warn' | 'stop'; readonly after?: number; readonly limit?: number };
  /**
   * What a checkpoint does that cannot be written. Default `stop`. `wait` keeps the run in memory and tries again every
   * `every` (30) seconds, until the disk takes it, or for at most `limit` seconds.
   */
  readonly onUnsaved?:
    | 'stop'
    | 'wait'
    | { readonly do: 'stop' | 'wait'; readonly every?: number; readonly limit?: number | null };
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
