import type { LabelSchema } from '../components/label-schema.js';
import type { Loss } from '../components/loss.js';
import type { Config } from '../config/config-schema.js';
import type { Registry } from '../registry/registry.js';
import type { RandomStream } from '../tensor/random-stream.js';
import { SegmentationModel } from './segmentation-model.js';

/** What the data and the loss decide about a network. */
export interface ModelEnds {
  /** Channels of the image. */
  readonly inChannels: number;
  /** Logits per pixel. */
  readonly outChannels: number;
}

/** Channels of the logits: what the loss wants or, in image-to-image tasks, the channels of the image. */
export function logitsPerPixel(loss: Loss, { classes }: LabelSchema, inChannels: number): number {
  return loss.activation === 'none' ? inChannels : loss.outChannels(classes.length);
}

/**
 * Assembles a network from a config's `model` section. No weight is allocated: call `initialize`, or load a
 * checkpoint.
 * @throws ConfigError if parts do not fit together.
 */
export function buildModel(
  registry: Registry,
  spec: Config['model'],
  { inChannels, outChannels }: ModelEnds,
  random?: RandomStream,
): SegmentationModel {
  const scope = (part: string) => ({
    path: `model.${part}`,
    ...(random === undefined ? {} : { random }),
  });
  const backbone = registry.create('backbone', spec.backbone, { inChannels }, scope('backbone'));
  const skips = backbone.channels.slice(0, -1);
  const deepest = backbone.channels.at(-1) ?? inChannels;
  const center = registry.create('center', spec.center, { inChannels: deepest }, scope('center'));
  const decoder = registry.create(
    'decoder',
    spec.decoder,
    {
      channels: [...skips, center.outChannels],
      strides: backbone.strides,
      outChannels,
    },
    scope('decoder'),
  );
  const head = registry.create(
    'head',
    spec.head,
    { inChannels: decoder.outChannels, stride: decoder.outputStride, outChannels },
    scope('head'),
  );
  return new SegmentationModel({ backbone, center, decoder, head }, inChannels, outChannels);
}
