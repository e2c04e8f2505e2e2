import { fieldNumbers, swapped, tag, type TiffField } from './field-types.js';
import type { TiffDirectory } from './read-directory.js';

/** The fields of a GeoTIFF that say where it lies, by their numbers, little-endian. @see https://docs.ogc.org/is/19-008r4/19-008r4.html */
export type GeoFields = ReadonlyMap<number, TiffField>;

const placing = [tag.modelPixelScale, tag.modelTiepoint, tag.modelTransformation];

const geoTags = [
  ...placing,
  ...[tag.geoKeyDirectory, tag.geoDoubleParams, tag.geoAsciiParams, tag.gdalNodata],
];

/** The fields of a GeoTIFF; `undefined` if the image lies nowhere. */
export function geoFieldsOf({ fields, bigEndian }: TiffDirectory): GeoFields | undefined {
  const found = geoTags.flatMap((name): [number, TiffField][] => {
    const field = fields.get(name);
    return field === undefined ? [] : [[name, bigEndian ? swapped(field) : field]];
  });
  return found.some(([name]) => (placing as number[]).includes(name)) ? new Map(found) : undefined;
}

/** From column and row of an image's corner points to coordinates: `x = a * column + b * row + c`, `y = d * column + e * row + f`. */
export interface Georeference {
  /** a, b, c, d, e, f. */
  readonly transform: readonly [number, number, number, number, number, number];
  /** Code of the coordinates' system, e.g. 32633; `undefined` where the file has none. */
  readonly epsg: number | undefined;
}

/** Geo keys that are read. */
const rasterType = 1025;
const geographicType = 2048;
const projectedType = 3072;

/** Where the pixels of a GeoTIFF lie; `undefined` if its fields do not tell. */
export function georeferenceOf(geo: GeoFields): Georeference | undefined {
  const numbers = (name: number): readonly number[] => {
    const field = geo.get(name);
    return field === undefined ? [] : fieldNumbers(field, false);
  };
  const keys = geoKeys(numbers(tag.geoKeyDirectory));
  const affine = affineOf(numbers);
  if (affine === undefined) return undefined;
  const [a, b, c, d, e, f] = affine;
  // Where coordinates belong to the middles of pixels, corners lie half a pixel before.
  const shift = keys.get(rasterType) === 2 ? 0.5 : 0;
  // 32767 says that the system is described elsewhere.
  const code = [keys.get(projectedType), keys.get(geographicType)].find(
    (value) => value !== undefined && value > 0 && value < 32767,
  );
  return {
    transform: [a, b, c - shift * (a + b), d, e, f - shift * (d + e)],
    epsg: code,
  };
}

function affineOf(
  numbers: (name: number) => readonly number[],
): Georeference['transform'] | undefined {
  const matrix = numbers(tag.modelTransformation);
  if (matrix.length >= 8) {
    const [a = 1, b = 0, , c = 0, d = 0, e = 1, , f = 0] = matrix;
    return [a, b, c, d, e, f];
  }
  const [scaleX, scaleY] = numbers(tag.modelPixelScale);
  const [column, row, , x, y] = numbers(tag.modelTiepoint);
  if (scaleX === undefined || scaleY === undefined || column === undefined) return undefined;
  if (row === undefined || x === undefined || y === undefined) return undefined;
  return [scaleX, 0, x - column * scaleX, 0, -scaleY, y + row * scaleY];
}

/** Keys whose value stands in the directory itself. */
function geoKeys(directory: readonly number[]): ReadonlyMap<number, number> {
  const keys = new Map<number, number>();
  for (let at = 4; at + 3 < directory.length; at += 4) {
    const [key = 0, location, , value = 0] = directory.slice(at, at + 4);
    if (location === 0) keys.set(key, value);
  }
  return keys;
}
