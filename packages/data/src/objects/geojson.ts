import type { LabelClass } from '@segkit/core';

import type { Georeference } from '../tiff/geo-fields.js';
import type { LabelObject } from './label-components.js';
import { traceRings, type Ring } from './trace-rings.js';

/**
 * Objects as GeoJSON polygons, one feature each with the properties `id`, `class`, `label` (the class index) and `area` in
 * pixels. Outer rings run counter-clockwise as numbers (x to the right, y up), holes clockwise. Coordinates are the image's
 * columns and rows, or where a georeference is given those of its system, which the member `crs` names.
 * @see https://datatracker.ietf.org/doc/html/rfc7946
 */
export function* geoJson(
  objects: readonly LabelObject[],
  classes: readonly Pick<LabelClass, 'name'>[],
  georeference?: Georeference,
): Generator<string> {
  const crs =
    georeference?.epsg === undefined
      ? ''
      : `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::${String(georeference.epsg)}"}},\n`;
  yield `{"type":"FeatureCollection",\n${crs}"features":[`;
  for (const [index, object] of objects.entries()) {
    const { id, label, area } = object;
    const feature = {
      type: 'Feature',
      properties: { id, class: classes[label]?.name ?? String(label), label, area },
      geometry: { type: 'Polygon', coordinates: coordinatesOf(object, georeference) },
    };
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(feature)}`;
  }
  yield ']}\n';
}

function coordinatesOf(object: LabelObject, georeference?: Georeference): readonly Ring[] {
  const [a, b, c, d, e, f] = georeference?.transform ?? [1, 0, 0, 0, 1, 0];
  // Traced clockwise with rows growing downwards, which is counter-clockwise as numbers, unless the transform mirrors.
  const mirrored = a * e - b * d < 0;
  return traceRings(object).map((ring) => {
    const placed = ring.map(([x, y]) => [a * x + b * y + c, d * x + e * y + f] as const);
    return mirrored ? placed.reverse() : placed;
  });
}
