import { connectedComponents, type LabelSchema, type Raster, type Sample } from '@segkit/core';

/** One object of a mask. */
export interface ObjectFacts {
  /** Class index; of an object by id, that of its first pixel. */
  readonly label: number;
  /** Pixels. */
  readonly area: number;
  /** Longer side of its bounding box, in pixels. */
  readonly extent: number;
  /** Whether a pixel of another object lies beside one of its own. */
  readonly touching: boolean;
}

/** The class that is no object: the first of two, or the first if it is called background. */
export function backgroundOf({ classes }: LabelSchema): number | undefined {
  const named = /^(back ?ground|bg|void|none|other|unlabell?ed)$/i.test(classes[0]?.name ?? '');
  return named || classes.length === 2 ? 0 : undefined;
}

/** An object while its pixels are counted. */
interface Growing {
  readonly label: number;
  area: number;
  readonly top: number;
  bottom: number;
  left: number;
  right: number;
  touching: boolean;
}

/**
 * The objects of a sample: by id where it has ids, else the connected regions (over edges) of one class, without background
 * and ignored pixels.
 */
export function objectFacts(sample: Sample, labels: LabelSchema): ObjectFacts[] {
  if (sample.labels === undefined) return [];
  const isObject = objectClasses(labels);
  const ids = sample.instances ?? connectedComponents(objectsOf(sample.labels, isObject));
  const found = grow(ids, sample.labels);
  return [...found.values()].map(({ label, area, touching, top, bottom, left, right }) => ({
    label,
    area,
    touching,
    extent: Math.max(bottom - top, right - left) + 1,
  }));
}

/** One more than the label where there is an object, 0 elsewhere. */
function objectsOf(
  labels: Raster<Int32Array>,
  isObject: (label: number) => boolean,
): Raster<Int32Array> {
  return { ...labels, data: labels.data.map((label) => (isObject(label) ? label + 1 : 0)) };
}

function objectClasses(labels: LabelSchema): (label: number) => boolean {
  const background = backgroundOf(labels);
  return (label) => label >= 0 && label < labels.classes.length && label !== background;
}

function grow({ height, width, data }: Raster<Int32Array>, labels: Raster): Map<number, Growing> {
  const found = new Map<number, Growing>();
  let id = 0;
  let object: Growing | undefined;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const here = data[i] as number;
      if (here === 0) continue;
      if (here !== id || object === undefined) {
        id = here;
        object = found.get(id);
        if (object === undefined) {
          const label = labels.data[i] as number;
          object = { label, area: 0, top: y, bottom: y, left: x, right: x, touching: false };
          found.set(id, object);
        }
      }
      object.area += 1;
      object.bottom = y;
      if (x < object.left) object.left = x;
      if (x > object.right) object.right = x;
      const left = x > 0 ? (data[i - 1] as number) : 0;
      const above = y > 0 ? (data[i - width] as number) : 0;
      if (left !== 0 && left !== id) touch(found, object, left);
      if (above !== 0 && above !== id) touch(found, object, above);
    }
  }
  return found;
}

function touch(found: ReadonlyMap<number, Growing>, object: Growing, other: number): void {
  object.touching = true;
  const neighbour = found.get(other);
  if (neighbour !== undefined) neighbour.touching = true;
}
