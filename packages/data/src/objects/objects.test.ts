import { readFileSync } from 'node:fs';

import { DataError } from '@segkit/core';
import { expect, test } from 'vitest';

import { geoJson } from './geojson.js';
import { drawObjects, LabelComponents } from './label-components.js';
import { traceRings, type Ring } from './trace-rings.js';

function rasterOf(...rows: readonly string[]) {
  const data = Int32Array.from(rows.join(''), Number);
  return { height: rows.length, width: rows[0]!.length, channels: 1, data };
}

function objectsOf(raster: ReturnType<typeof rasterOf>, minimumArea?: number) {
  const components = new LabelComponents();
  components.add(raster);
  return components.objects(minimumArea);
}

/** Twice the signed area, positive where a ring runs counter-clockwise as numbers. */
function shoelace(ring: Ring): number {
  return ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0);
}

test('objects are connected by sides and of one class', () => {
  const raster = rasterOf('1102', '0112', '1000', '0222');
  const objects = objectsOf(raster);
  // The single 1 of the third row touches the others by a corner only; the 2s of the last row touch no other 2.
  expect(objects.map(({ id, label, area }) => [id, label, area])).toEqual([
    [1, 1, 4],
    [2, 2, 2],
    [3, 1, 1],
    [4, 2, 3],
  ]);
  const [ids] = [...drawObjects(objects, raster, 10)];
  expect([...ids!.data].join('')).toBe(['1102', '0112', '3000', '0444'].join(''));
  expect(objectsOf(raster, 3).map(({ id, area }) => [id, area])).toEqual([
    [1, 4],
    [2, 3],
  ]);
  expect(() => [...drawObjects(objects, raster, 3)]).toThrow(DataError);
});

test('bands of rows give the objects of the whole', () => {
  const raster = rasterOf('11011', '01010', '01110', '00000', '22022');
  const components = new LabelComponents();
  for (let y = 0; y < 5; y++) {
    components.add({ ...raster, height: 1, data: raster.data.subarray(5 * y, 5 * y + 5) });
  }
  expect(components.objects()).toEqual(objectsOf(raster));
});

test('rings follow the edges of pixels, holes the other way round', () => {
  const [object] = objectsOf(rasterOf('111', '101', '111'));
  const [outer, hole] = traceRings(object!);
  expect(outer).toEqual([
    [3, 0],
    [3, 3],
    [0, 3],
    [0, 0],
    [3, 0],
  ]);
  expect(hole).toHaveLength(5);
  expect(shoelace(hole!)).toBe(-2);
});

test('a hole that touches the outside in a corner is a ring of its own', () => {
  const [object] = objectsOf(rasterOf('110', '101', '111'));
  // The outer ring leaves out the corner pixel of nine, the inner one is the middle pixel.
  expect(traceRings(object!).map(shoelace)).toEqual([2 * 8, -2]);
});

test('GeoJSON in pixels, and in the coordinates of a georeference', () => {
  const [object] = objectsOf(rasterOf('000', '020', '020'));
  const classes = [{ name: 'a' }, { name: 'b' }, { name: 'c "quoted"' }];
  const plain: unknown = JSON.parse([...geoJson([object!], classes)].join(''));
  expect(plain).toEqual({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { id: 1, class: 'c "quoted"', label: 2, area: 2 },
        geometry: {
          type: 'Polygon',
          // Counter-clockwise as numbers: right, then to larger y.
          coordinates: [
            [
              [2, 1],
              [2, 3],
              [1, 3],
              [1, 1],
              [2, 1],
            ],
          ],
        },
      },
    ],
  });
  const georeference = { transform: [10, 0, 500, 0, -10, 900], epsg: 32633 } as const;
  const placed = JSON.parse([...geoJson([object!], classes, georeference)].join('')) as {
    crs: unknown;
    features: { geometry: { coordinates: [number, number][][] } }[];
  };
  expect(placed.crs).toEqual({
    type: 'name',
    properties: { name: 'urn:ogc:def:crs:EPSG::32633' },
  });
  const ring = placed.features[0]!.geometry.coordinates[0]!;
  // x = 500 + 10 * column, y = 900 - 10 * row; the order turns round with the axis.
  expect(ring).toContainEqual([510, 890]);
  expect(ring).toContainEqual([520, 870]);
  expect(shoelace(ring)).toBe(2 * 10 * 20);
  expect(JSON.parse([...geoJson([], classes)].join(''))).toMatchObject({ features: [] });
});

test('objects and outlines of random labels are those of SciPy and GDAL, oracles/objects.py', () => {
  const expected = JSON.parse(
    readFileSync(new URL('../../../../oracles/fixtures/objects.json', import.meta.url), 'utf8'),
  ) as {
    height: number;
    width: number;
    labels: string;
    ids: number[];
    polygons: { label: number; area: number; rings: number; corners: number }[];
  };
  const { height, width } = expected;
  const data = Int32Array.from(expected.labels, Number);
  const raster = { height, width, channels: 1, data };
  const objects = objectsOf(raster);
  const [ids] = [...drawObjects(objects, raster, 65535)];
  expect([...ids!.data]).toEqual(expected.ids);
  const polygons = objects.map((object) => {
    const rings = traceRings(object);
    // Outer ring first, and the areas of holes are negative.
    expect(rings.map((ring) => Math.sign(shoelace(ring)))).toEqual(
      rings.map((_, index) => (index === 0 ? 1 : -1)),
    );
    const area = rings.reduce((sum, ring) => sum + shoelace(ring) / 2, 0);
    expect(area).toBe(object.area);
    const corners = rings.reduce((sum, ring) => sum + ring.length - 1, 0);
    return { label: object.label, area, rings: rings.length, corners };
  });
  expect(polygons).toEqual(expected.polygons);
});
