import type { Config } from '../../config/config-schema.js';
import type { Kind } from '../../registry/component-kinds.js';
import type { DiskCachePlace } from '../disk-cache.js';
import type { PreparedSample, SampleJob } from '../sample-maker.js';
import type { SentError } from './sent-error.js';

/** A plugin, and the address of the module that exports it. */
export interface PluginAddress {
  readonly kind: Kind;
  readonly name: string;
  readonly module: string;
}

/** The parts of a config that samples depend on; plain JSON. */
export type SampleConfig = Pick<Config, 'seed' | 'data' | 'transforms' | 'loss' | 'loader'>;

/** Everything that a thread needs to make the samples that the main thread would make. */
export interface ThreadRecipe {
  readonly plugins: readonly PluginAddress[];
  readonly config: SampleConfig;
  readonly baseFolder: string;
  /** What the data set's `state` gave; `undefined` if it has to be prepared again. */
  readonly datasetState: unknown;
  /** Whether the loss makes weight maps. */
  readonly weighted: boolean;
  readonly diskCache: DiskCachePlace | undefined;
}

/** Samples that a thread is at at a time: while one is augmented, libraries' own threads decode others. */
export const samplesAtOnce = 4;

/** What the main thread says: a job, or that no more will come. */
export type Order = (SampleJob & { readonly id: number }) | 'close';

/** What a thread says. */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'unable'; readonly error: SentError }
  | { readonly type: 'prepared'; readonly id: number; readonly prepared: PreparedSample }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError };
