import type { LabelsInput } from '../components/labels-input.js';
import type { ConfigInput, DataInput, ModelInput, TrainInput } from '../config/config-input.js';
import type { Size } from '../tensor/size.js';

/** A whole experiment but for its images: a config whose `data` holds the labels alone. */
export interface PresetConfig extends Omit<ConfigInput, 'name' | 'plugins' | 'data'> {
  readonly data: { readonly labels: LabelsInput };
}

/** A published network with its recipe, under a name that configs can start from. */
export interface Preset {
  readonly kind: 'preset';
  readonly name: string;
  /** One sentence for `segkit presets`. */
  readonly description: string;
  /** Address of the paper or the article that defines it. */
  readonly source: string;
  /** Channels of the source's images; other images make another first layer. */
  readonly channels: number;
  /** Size of the source's images, in pixels. */
  readonly size: Size;
  readonly config: PresetConfig;
}

/**
 * A config that starts from a preset. Every key that it has replaces the preset's; inside `data`, `model`, `transforms` and
 * `train`, every key of theirs.
 */
export interface PresetBasedConfig extends Partial<
  Omit<ConfigInput, 'data' | 'model' | 'train' | 'preset'>
> {
  readonly preset: string;
  readonly data: Partial<DataInput>;
  readonly model?: Partial<ModelInput>;
  readonly train?: TrainInput;
}

/**
 * Defines a preset; pass it to `createApp({ plugins })` beside the components that its config names.
 * @example
 * export const tiny = definePreset({ name: 'tiny', description: '…', source: '…', channels: 1,
 *   size: { height: 256, width: 256 }, config: { data: { labels }, model, loss: 'ce', train: { steps: 100 } } });
 */
export function definePreset(definition: Omit<Preset, 'kind'>): Preset {
  return { kind: 'preset', ...definition };
}

/**
 * A config that starts from a preset, with completion and type checks of what it changes.
 * @example
 * export default fromPreset('unet-bn', {
 *   data: { labels: { classes: ['background', 'cell'] }, train: { name: 'image-folder', root: 'cells' } },
 *   model: { decoder: { name: 'unet', upsampler: 'bilinear' } },
 * });
 */
export function fromPreset(
  preset: string,
  changes: Omit<PresetBasedConfig, 'preset'>,
): PresetBasedConfig {
  return { preset, ...changes };
}
