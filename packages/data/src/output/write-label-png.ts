import { ShapeError, type LabelSchema, type Raster } from '@segkit/core';
import { encode } from 'fast-png';

import { writeAtomically } from './write-atomically.js';

/** Index and colour of ignored pixels: the VOC border. */
const ignored = { index: 255, color: [224, 224, 192] };

/** What each class is written as. @throws ShapeError if that is no byte. */
function idsOf(classes: LabelSchema['classes']): number[] {
  return classes.map(({ name, id }, index) => {
    const written = id ?? index;
    if (written <= 255) return written;
    throw new ShapeError(
      `label PNG: expected ids 0..255, received ${String(written)} for class "${name}"; write 16-bit values with writePng.`,
    );
  });
}

/**
 * Encodes labels as a palette PNG: the pixels are the classes' ids (the class indices, where the config gives no ids),
 * shown in the classes' colours; ignored pixels are index 255.
 * @param labels - One channel of class indices or ignoreIndex.
 * @throws ShapeError if a label is none of these, an id is no byte, or there are ignored pixels and a class of id 255.
 */
export function encodeLabelPng(
  labels: Raster<Int32Array>,
  { classes, ignoreIndex }: Pick<LabelSchema, 'classes' | 'ignoreIndex'>,
): Uint8Array {
  const { height, width } = labels;
  const ids = idsOf(classes);
  const owner = classes[ids.indexOf(ignored.index)];
  const data = Uint8Array.from(labels.data, (label) => {
    const id = ids[label];
    if (id !== undefined) return id;
    if (label === ignoreIndex && owner === undefined) return ignored.index;
    if (label === ignoreIndex) {
      throw new ShapeError(
        `label PNG: expected no ignored pixels, which are written as 255, since class "${owner?.name ?? ''}" has the id 255; give it another id.`,
      );
    }
    throw new ShapeError(
      `label PNG: expected labels 0..${String(classes.length - 1)} or ignoreIndex ${String(ignoreIndex)}, received ${String(label)}; give the classes that made the labels.`,
    );
  });
  const palette = Array.from({ length: 256 }, () => [0, 0, 0]);
  palette[ignored.index] = ignored.color;
  ids.forEach((id, index) => {
    palette[id] = [...(classes[index]?.color ?? [])];
  });
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
