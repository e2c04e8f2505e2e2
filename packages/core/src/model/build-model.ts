import type { LabelSchema } from '../components/label-schema.js';
import type { Loss } from '../components/loss.js';
import type { NetworkConfig } from '../config/config-schema.js';
import { ConfigError } from '../errors.js';
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
function logitsPerPixel(loss: Loss, { classes }: LabelSchema, inChannels: number): number {
  return loss.activation === 'none' ? inChannels : loss.outChannels(classes.length);
}

/**
 * Assembles a network from a config's `model` section. No weight is allocated: call `initialize`, or load a
 * checkpoint.
 * @throws ConfigError if parts do not fit together.
 */
export function buildModel(
  registry: Registry,
  spec: NetworkConfig['model'],
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
  const auxiliary = (spec.auxiliary ?? []).map(({ level, head: headSpec, weight }, i) => {
    const place = `auxiliary.${String(i)}`;
    const index = levelOf(level, backbone.channels.length, `model.${place}.level`);
    const channels = backbone.channels[index] as number;
    const stride = backbone.strides[index] as number;
    const ends = { inChannels: channels, stride, outChannels };
    const own = registry.create('head', headSpec, ends, scope(`${place}.head`));
    return { head: own, level: index, stride: stride / own.upscale, weight };
  });
  const parts = { backbone, center, decoder, head, auxiliary };
  return new SegmentationModel(parts, inChannels, outChannels);
}

/** A level counted from 0; negative ones count from the deepest. */
function levelOf(level: number, levels: number, path: string): number {
  const index = level < 0 ? levels + level : level;
  if (index >= 0 && index < levels) return index;
  const message = `expected one of the backbone's ${String(levels)} maps, from ${String(-levels)} to ${String(levels - 1)}; received ${String(level)}`;
  throw new ConfigError(`${path}: ${message}.`, [{ path, message }]);
}

/** What a config trains. */
export interface Network {
  readonly model: SegmentationModel;
  readonly loss: Loss;
}

/**
 * Makes a config's loss and assembles its network for images of so many channels.
 * @throws ConfigError if parts do not fit together.
 */
export function buildNetwork(
  registry: Registry,
  { model: spec, loss: lossSpec, data: { labels } }: NetworkConfig,
  inChannels: number,
  random?: RandomStream,
): Network {
  const scope = random === undefined ? { path: 'loss' } : { path: 'loss', random };
  const loss = registry.create('loss', lossSpec, { labels }, scope);
  const outChannels = logitsPerPixel(loss, labels, inChannels);
  return { loss, model: buildModel(registry, spec, { inChannels, outChannels }, random) };
}
