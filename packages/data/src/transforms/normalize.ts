import { defineTransform, ShapeError, type Raster } from '@segkit/core';
import * as z from 'zod';

const perChannel = (item: z.ZodNumber) =>
  z.union([item, z.array(item).min(1).readonly()]).optional();

const options = z
  .strictObject({
    mean: perChannel(z.number()).describe('Subtracted: one number, or one for each channel.'),
    std: perChannel(z.number().positive()).describe(
      'Divided by: one number, or one for each channel.',
    ),
    preset: z
      .enum(['imagenet'])
      .optional()
      .describe(
        "Known mean and std, instead of giving them: ImageNet's, for pretrained backbones.",
      ),
    mode: z
      .enum(['fixed', 'per-image'])
      .default('fixed')
      .describe(
        "'fixed' uses mean and std or the preset; 'per-image' each image's own, by channel.",
      ),
  })
  .refine(
    ({ mean, std, preset, mode }) => {
      const given =
        (mean !== undefined || std !== undefined ? 1 : 0) + (preset === undefined ? 0 : 1);
      return mode === 'per-image' ? given === 0 : given === 1;
    },
    { error: "expected one of: mean and std, preset, or mode 'per-image'" },
  )
  .refine(({ mean, std }) => (mean === undefined) === (std === undefined), {
    error: 'expected mean and std together',
  });

/** What a config may say about a `normalize`. */
export type NormalizeOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    normalize: NormalizeOptions;
  }
}

/** Mean and standard deviation by channel; one entry serves all channels. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Statistics of ImageNet's RGB images in [0, 1]. @see https://pytorch.org/vision/stable/models.html */
const imagenet: ChannelStatistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Below this an image counts as constant, and its pixels become 0. */
const smallestStd = 1e-6;

/** Mean and (population) standard deviation of every channel of one image. */
export function channelStatistics({ channels, data }: Raster<Float32Array>): ChannelStatistics {
  const mean: number[] = [];
  const std: number[] = [];
  const count = data.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = channel; i < data.length; i += channels) sum += data[i] as number;
    const average = sum / count;
    let squares = 0;
    for (let i = channel; i < data.length; i += channels) {
      squares += ((data[i] as number) - average) ** 2;
    }
    mean.push(average);
    std.push(Math.max(smallestStd, Math.sqrt(squares / count)));
  }
  return { mean, std };
}

/** A number for every channel. @throws ShapeError if the list is for another number of channels. */
function forChannels(name: string, values: readonly number[], channels: number): Float64Array {
  if (values.length !== 1 && values.length !== channels) {
    throw new ShapeError(
      `normalize: expected 1 or ${String(channels)} numbers in ${name} for images of ${String(channels)} channels, ` +
        `received ${String(values.length)}; correct it, or set channels of the data set.`,
    );
  }
  return Float64Array.from({ length: channels }, (_, channel) =>
    Number(values[channel % values.length]),
  );
}

/**
 * `(image - mean) / std`, channel by channel.
 * @throws ShapeError if the statistics are for another number of channels.
 */
export function normalizeRaster(
  image: Raster<Float32Array>,
  { mean, std }: ChannelStatistics,
): Raster<Float32Array> {
  const { channels } = image;
  const means = forChannels('mean', mean, channels);
  const stds = forChannels('std', std, channels);
  const { data } = image;
  const normalized = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    const shift = means[channel] as number;
    const scale = 1 / (stds[channel] as number);
    for (let i = channel; i < data.length; i += channels) {
      normalized[i] = ((data[i] as number) - shift) * scale;
    }
  }
  return { ...image, data: normalized };
}

/**
 * Undoes a {@link normalize} for display: `image * std + mean`.
 * @param options - As in a config; defaults may be filled in.
 * @returns `undefined` where every image was normalised by statistics of its own.
 * @throws ShapeError if the statistics are for another number of channels.
 */
export function denormalizeRaster(
  image: Raster<Float32Array>,
  { mode, ...fixed }: NormalizeOptions,
): Raster<Float32Array> | undefined {
  if (mode === 'per-image') return undefined;
  const { mean, std } = statisticsOf(fixed);
  const channels = Array.from({ length: Math.max(mean.length, std.length) }, (_, channel) => ({
    shift: Number(mean[channel % mean.length]),
    scale: Number(std[channel % std.length]),
  }));
  // (x - (-shift / scale)) / (1 / scale) = x * scale + shift.
  return normalizeRaster(image, {
    mean: channels.map(({ shift, scale }) => -shift / scale),
    std: channels.map(({ scale }) => 1 / scale),
  });
}

/** The statistics that options give. */
function statisticsOf({ mean, std, preset }: NormalizeOptions): ChannelStatistics {
  return preset === 'imagenet' ? imagenet : { mean: listOf(mean), std: listOf(std) };
}

function listOf(value: number | readonly number[] | undefined): readonly number[] {
  return value === undefined ? [] : [value].flat();
}

/** Shifts and scales the image's values; labels and target stay as they are. */
export const normalize = defineTransform({
  name: 'normalize',
  description: 'Subtracts a mean and divides by a standard deviation.',
  options,
  create: ({ mean, std, preset, mode }) => {
    const fixed = statisticsOf({ mean, std, preset });
    return {
      pointwise: mode === 'fixed',
      apply: (sample) => {
        const statistics = mode === 'per-image' ? channelStatistics(sample.image) : fixed;
        return { ...sample, image: normalizeRaster(sample.image, statistics) };
      },
    };
  },
});
