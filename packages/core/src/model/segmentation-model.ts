import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Backbone } from '../components/backbone.js';
import type { Center } from '../components/center.js';
import type { Decoder } from '../components/decoder.js';
import type { Head } from '../components/head.js';
import { Module, type Mode } from '../nn/module.js';
import { resizeBilinear } from '../ops/index.js';
import { expectShape } from '../tensor/expect-shape.js';
import { mapSize, sameSize, type Size } from '../tensor/size.js';

/** A second output that only training sees: it brings the loss closer to an early part. */
export interface AuxiliaryHead {
  readonly head: Head;
  /** Which of the backbone's maps it scores, from 0. */
  readonly level: number;
  /** Stride of its logits against the image. */
  readonly stride: number;
  /** Of its loss, beside 1 for the network's own. */
  readonly weight: number;
}

/** Logits of a network's auxiliary head, as large as its own. */
export interface AuxiliaryLogits {
  readonly logits: Tensor4D;
  readonly weight: number;
}

/** The parts of a network, in the order in which an image passes through them. */
export interface ModelParts {
  readonly backbone: Backbone;
  readonly center: Center;
  readonly decoder: Decoder;
  readonly head: Head;
  /** Default: none. */
  readonly auxiliary?: readonly AuxiliaryHead[];
}

/**
 * A network assembled from four parts: image -> backbone -> centre (deepest map) -> decoder -> head -> logits.
 *
 * Logits come back at the image's size where the parts see all of it: a head that works at stride 2 is resized
 * bilinearly (half-pixel). Parts without padding see only the image's middle; their logits stay smaller and belong
 * to the centre of the image.
 */
export class SegmentationModel extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly #parts: Required<ModelParts>;

  constructor(parts: ModelParts, inChannels: number, outChannels: number) {
    super();
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.#parts = {
      backbone: this.child('backbone', parts.backbone),
      center: this.child('center', parts.center),
      decoder: this.child('decoder', parts.decoder),
      head: this.child('head', parts.head),
      auxiliary: (parts.auxiliary ?? []).map((auxiliary, i) => ({
        ...auxiliary,
        head: this.child(`auxiliary.${String(i)}`, auxiliary.head),
      })),
    };
  }

  /** The part that the image meets first. */
  get backbone(): Backbone {
    return this.#parts.backbone;
  }

  /**
   * Size of the logits for an image of this size.
   * @throws ShapeError if a part cannot take such an image.
   */
  outputSize(image: Size): Size {
    const { backbone, center, decoder, head } = this.#parts;
    const sizes = [...backbone.sizes(image)];
    const deepest = sizes.pop() as Size;
    const decoded = decoder.outputSize([...sizes, center.outputSize(deepest)]);
    return finalSize(image, head.outputSize(decoded), this.#stride);
  }

  /** Stride of the head's output against the image. */
  get #stride(): number {
    return this.#parts.decoder.outputStride / this.#parts.head.upscale;
  }

  /**
   * @param image - `[batch, height, width, inChannels]` float32, normalised as the config says.
   * @returns Logits `[batch, h, w, outChannels]`, `h x w` being `outputSize` of the image's size.
   * @throws ShapeError if the channels or the size do not fit.
   */
  forward(image: Tensor4D, mode: Mode): Tensor4D {
    expectShape(
      image,
      [null, null, null, this.inChannels],
      'model: image',
      'set the data set\'s "channels" to what the network was built for',
    );
    return tf.tidy(() => this.#logits(image, this.#parts.backbone.forward(image, mode), mode));
  }

  /**
   * The logits as `forward` makes them, and those of the auxiliary heads, all at the image's scale.
   * @param image - As `forward` takes it.
   */
  forwardAll(
    image: Tensor4D,
    mode: Mode,
  ): { readonly logits: Tensor4D; readonly auxiliary: readonly AuxiliaryLogits[] } {
    const { backbone, auxiliary } = this.#parts;
    if (auxiliary.length === 0) return { logits: this.forward(image, mode), auxiliary: [] };
    const features = backbone.forward(image, mode);
    return {
      logits: this.#logits(image, features, mode),
      auxiliary: auxiliary.map(({ head, level, stride, weight }) => {
        const own = head.forward(features[level] as Tensor4D, mode);
        return { logits: toImageScale(own, sizeOf(image), stride), weight };
      }),
    };
  }

  #logits(image: Tensor4D, features: readonly Tensor4D[], mode: Mode): Tensor4D {
    const { center, decoder, head } = this.#parts;
    const deepest = center.forward(features.at(-1) as Tensor4D, mode);
    const decoded = decoder.forward([...features.slice(0, -1), deepest], mode);
    return toImageScale(head.forward(decoded, mode), sizeOf(image), this.#stride);
  }
}

function sizeOf(image: Tensor4D): Size {
  return { height: image.shape[1], width: image.shape[2] };
}

/** A head's own size, mapped to the image's scale. */
function finalSize(image: Size, logits: Size, stride: number): Size {
  const along = (length: number, pixels: number): number =>
    length >= Math.ceil(pixels / stride) ? pixels : length * stride;
  return {
    height: along(logits.height, image.height),
    width: along(logits.width, image.width),
  };
}

function toImageScale(logits: Tensor4D, image: Size, stride: number): Tensor4D {
  const own = sizeOf(logits);
  const final = finalSize(image, own, stride);
  if (sameSize(own, final)) return logits;
  const scaled = mapSize(own, (length) => length * stride);
  const full = stride === 1 ? logits : resizeBilinear(logits, scaled, { alignCorners: false });
  if (sameSize(scaled, final)) return full;
  // Strided layers align at the first pixel, so what an odd size adds lies at the end.
  const [batch, , , channels] = full.shape;
  return tf.slice4d(full, [0, 0, 0, 0], [batch, final.height, final.width, channels]);
}
