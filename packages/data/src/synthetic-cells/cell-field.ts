import type { RandomStream, Raster, Size } from '@segkit/core';

import { addNoise } from '../rasters/add-noise.js';
import { gaussianBlur } from '../rasters/gaussian-blur.js';
import { drawCellMap, type CellMap } from './cell-map.js';
import { placeCells, type Cell } from './cell-shapes.js';

/** What a field of cells looks like. */
export interface CellFieldOptions extends Size {
  /** Fewest and most cells. */
  readonly cells: readonly [number, number];
  /** Mean radius of the cells in pixels. */
  readonly radius: number;
  /** Standard deviation of the noise; brightness is in [0, 1]. */
  readonly noise: number;
  /** Standard deviation of the blur in pixels. */
  readonly blur: number;
  /** How uneven the light is: 0 is even, 1 leaves nearly nothing in a dark corner. */
  readonly shading: number;
}

/** A field of cells with its truth. All rasters have one channel. */
export interface CellField {
  /** Float32 in [0, 1]. */
  readonly image: Raster<Float32Array>;
  /** 0 background, 1 cell. */
  readonly labels: Raster<Int32Array>;
  /** 0 background, 1, 2, … one id for every cell. */
  readonly instances: Raster<Int32Array>;
}

/** Brightness of empty background before light and noise. */
const background = 0.3;

/** A soft round spot. */
interface Spot {
  readonly y: number;
  readonly x: number;
  readonly radius: number;
  readonly brightness: number;
}

function addSpot(image: Float32Array, { height, width }: Size, spot: Spot): void {
  const reach = 2.5 * spot.radius;
  const bottom = Math.min(height - 1, Math.floor(spot.y + reach));
  const right = Math.min(width - 1, Math.floor(spot.x + reach));
  for (let y = Math.max(0, Math.ceil(spot.y - reach)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.ceil(spot.x - reach)); x <= right; x++) {
      const squared = ((y - spot.y) ** 2 + (x - spot.x) ** 2) / spot.radius ** 2;
      image[y * width + x] =
        (image[y * width + x] as number) + spot.brightness * Math.exp(-squared);
    }
  }
}

/** Background with haze and debris: bright things that are no cells. */
function drawBackground(size: Size, radius: number, random: RandomStream): Float32Array {
  const image = new Float32Array(size.height * size.width).fill(background);
  const area = size.height * size.width;
  const place = () => ({ y: size.height * random.uniform(), x: size.width * random.uniform() });
  const haze = Math.round(area / (14 * radius ** 2));
  for (let i = 0; i < haze; i++) {
    const brightness = 0.24 * (random.uniform() - 0.25);
    addSpot(image, size, { ...place(), radius: radius * (1 + random.uniform()), brightness });
  }
  const debris = Math.round(area / (6 * radius ** 2));
  for (let i = 0; i < debris; i++) {
    const brightness = 0.15 + 0.35 * random.uniform();
    addSpot(image, size, { ...place(), radius: 0.8 + 1.6 * random.uniform(), brightness });
  }
  return image;
}

/** Paints the cells: each of its own brightness, darker in the middle and at its rim. */
function paintCells(image: Float32Array, cells: readonly Cell[], map: CellMap): void {
  const { instances, depth, centrality, cellOf } = map;
  const brightness = cellOf.map((cell) => cells[cell]?.brightness ?? 0);
  image.forEach((under, at) => {
    const id = instances.data[at] as number;
    const inside = depth[at] as number;
    if (id > 0) {
      const nucleus =
        1 - 0.32 * Math.min(1, Math.max(0, ((centrality[at] as number) - 0.35) / 0.3));
      const rim = Math.min(1, 0.7 + 0.2 * inside);
      image[at] = (brightness[id - 1] as number) * nucleus * rim;
    } else if (inside > -1.5) {
      image[at] = 0.75 * under;
    }
  });
}

/** Uneven light: brighter towards one side, darker towards the corners. */
function shade(image: Float32Array, size: Size, strength: number, random: RandomStream): void {
  const angle = 2 * Math.PI * random.uniform();
  const [down, across] = [Math.sin(angle), Math.cos(angle)];
  for (let y = 0; y < size.height; y++) {
    const v = (2 * y) / size.height - 1;
    for (let x = 0; x < size.width; x++) {
      const u = (2 * x) / size.width - 1;
      const light = 1 + strength * (0.5 * (u * across + v * down) - 0.2 * (u * u + v * v));
      image[y * size.width + x] = (image[y * size.width + x] as number) * light;
    }
  }
}

/**
 * Draws a field of touching cells as a microscope would show it: haze and debris, dark lines between neighbours, blur,
 * uneven light, noise. The stream decides everything: equal streams give equal fields.
 */
export function drawCellField(options: CellFieldOptions, random: RandomStream): CellField {
  const { height, width, cells: range, radius, noise, blur, shading } = options;
  const size = { height, width };
  const count = range[0] + random.integer(range[1] - range[0] + 1);
  const cells = placeCells(count, size, radius, random);
  const map = drawCellMap(cells, size);
  const painted = drawBackground(size, radius, random);
  paintCells(painted, cells, map);
  const image = gaussianBlur({ ...size, channels: 1, data: painted }, blur);
  // Without blur the image is still the painted one, which nobody else holds.
  shade(image.data, size, shading, random);
  addNoise(image.data, noise, random);
  const labels = map.instances.data.map((id) => (id > 0 ? 1 : 0));
  return { image, instances: map.instances, labels: { ...size, channels: 1, data: labels } };
}
