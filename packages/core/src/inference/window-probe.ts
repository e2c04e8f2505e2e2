import * as tf from '@tensorflow/tfjs-core';

import { peakMemory } from '../model/peak-memory.js';
import { recordKernels } from '../model/record-kernels.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { translation, type Translation } from '../model/translation.js';
import { evalMode } from '../nn/module.js';
import { tryOutputSize } from '../model/accepted-sizes.js';
import { planInput } from './plan-input.js';

/** What a network needs around a pixel, for windows whose sides leave the same remainder by its period. */
export interface WindowNeeds extends Translation {
  /** Bytes of maps for every pixel of a window. */
  readonly bytesPerPixel: number;
}

/** Learns by small forward passes how a network treats windows of an image, and remembers it. */
export type WindowProbe = (side: number) => WindowNeeds;

/** Side of the first image passed through a network; any size does whose maps have no odd remainders. */
const firstSide = 64;

/**
 * A probe of one network.
 * @returns A function of a window's side; windows of sides that differ by whole periods are treated alike.
 */
export function createWindowProbe(model: SegmentationModel): WindowProbe {
  const known = new Map<number, WindowNeeds>();
  const probe = (side: number): WindowNeeds => {
    const needs = known.get(side) ?? measure(model, side);
    known.set(side, needs);
    return needs;
  };
  return (side) => {
    const first = probe(planInput(model, { height: firstSide, width: firstSide }).height);
    const { period } = first;
    const smallest = smallestAlike(model, side, period);
    return { ...probe(smallest), period, bytesPerPixel: first.bytesPerPixel };
  };
}

/** The smallest side that the network takes and that differs from `side` by whole periods. */
function smallestAlike(model: SegmentationModel, side: number, period: number): number {
  for (let least = side % period; least < side; least += period) {
    if (least < period) continue;
    if (tryOutputSize(model, { height: least, width: least }) !== undefined) return least;
  }
  return side;
}

function measure(model: SegmentationModel, side: number): WindowNeeds {
  const shape = [1, side, side, model.inChannels] as const;
  const image = tf.zeros<tf.Rank.R4>([...shape]);
  const { result: logits, calls } = recordKernels(() =>
    tf.tidy(() => model.forward(image, evalMode)),
  );
  tf.dispose([image, logits]);
  return {
    ...translation(calls, image, logits),
    bytesPerPixel: peakMemory(calls) / side ** 2,
  };
}
