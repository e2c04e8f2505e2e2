import { formatSize, type Observation, type Raster, sameSize, ShapeError } from '@segkit/core';

/** What a network takes for objects. */
export interface Proposal {
  /** One channel; 1 in objects, 0 in the separator. */
  readonly objects: Raster<Uint8Array>;
  /** How sure of it the network is, by pixel; absent for labels as they are. */
  readonly confidence?: Float32Array;
}

/** A mask of what is not the separator. */
export function objectsOf(labels: Raster<Int32Array>, separator: number): Raster<Uint8Array> {
  const data = Uint8Array.from(labels.data, (label) => (label === separator ? 0 : 1));
  return { ...labels, data };
}

/** The pixels whose probability of objects is above a threshold, and how far above or below it they are. */
export function proposalAt(
  probabilities: Raster<Float32Array>,
  separator: number,
  threshold: number,
): Proposal {
  const { height, width, channels, data } = probabilities;
  // One sigmoid channel is the probability of class 1.
  const [channel, direct] = channels === 1 ? [0, separator === 0] : [separator, false];
  const objects = new Uint8Array(height * width);
  const confidence = new Float32Array(height * width);
  for (let i = 0; i < objects.length; i++) {
    const value = data[i * channels + channel] as number;
    const probability = direct ? value : 1 - value;
    objects[i] = probability > threshold ? 1 : 0;
    confidence[i] = Math.abs(probability - threshold);
  }
  return { objects: { height, width, channels: 1, data: objects }, confidence };
}

/**
 * The observation's probabilities, for thresholds.
 * @throws ShapeError if there are none, or they are of another size than the labels.
 */
export function expectProbabilities(
  { probabilities }: Observation,
  labels: Raster<Int32Array>,
): Raster<Float32Array> {
  if (probabilities !== undefined && sameSize(probabilities, labels)) return probabilities;
  const received = probabilities === undefined ? 'none' : formatSize(probabilities);
  throw new ShapeError(
    `isbi2012: thresholds need probabilities of the labels' size ${formatSize(labels)}, received ${received}; ` +
      'leave thresholds out to score the predicted labels.',
  );
}
