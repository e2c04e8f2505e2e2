import { ShapeError, type LabelSchema, type Raster } from '@segkit/core';
import { encode } from 'fast-png';

import { writeAtomically } from './write-atomically.js';

/** Index and colour of ignored pixels: the VOC border. */
const ignored = { index: 255, color: [224, 224, 192] };

/**
 * Encodes labels as a palette PNG: the pixels are class indices, shown in the classes' colours; ignored pixels are
 * index 255.
 * @param labels - One channel of class indices or ignoreIndex.
 * @throws ShapeError if a label is none of these, or there are more than 255 classes.
 */
export function encodeLabelPng(
  labels: Raster<Int32Array>,
  { classes, ignoreIndex }: Pick<LabelSchema, 'classes' | 'ignoreIndex'>,
): Uint8Array {
  const { height, width } = labels;
  if (classes.length > ignored.index) {
    throw new ShapeError(
      `label PNG: expected at most ${String(ignored.index)} classes, received ${String(classes.length)}; write 16-bit values with writePng.`,
    );
  }
  const data = Uint8Array.from(labels.data, (label) => {
    if (label === ignoreIndex) return ignored.index;
    if (label >= 0 && label < classes.length) return label;
    throw new ShapeError(
      `label PNG: expected labels 0..${String(classes.length - 1)} or ignoreIndex ${String(ignoreIndex)}, received ${String(label)}; give the classes that made the labels.`,
    );
  });
  const palette = Array.from({ length: 256 }, (_, index) => [
    ...(classes[index]?.color ?? [0, 0, 0]),
  ]);
  palette[ignored.index] = ignored.color;
  return encode({ height, width, channels: 1, depth: 8, data, palette });
}

/**
 * Writes labels as a palette PNG, atomically; `readMask` reads the indices back.
 * @throws ShapeError as {@link encodeLabelPng} does.
 */
export async function writeLabelPng(
  path: string,
  labels: Raster<Int32Array>,
  schema: Pick<LabelSchema, 'classes' | 'ignoreIndex'>,
): Promise<void> {
  await writeAtomically(path, encodeLabelPng(labels, schema));
}
