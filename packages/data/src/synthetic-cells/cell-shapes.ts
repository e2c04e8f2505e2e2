import type { RandomStream, Size } from '@segkit/core';

/** One cell: an ellipse with a wavy outline. Lengths in pixels. */
export interface Cell {
  readonly y: number;
  readonly x: number;
  /** Half-axes. */
  readonly axes: readonly [number, number];
  /** Cosine and sine of the first axis's direction. */
  readonly direction: readonly [number, number];
  /** Waves of the outline of two and three periods: cosine and sine amplitudes, as shares of the radius. */
  readonly waves: readonly [number, number, number, number];
  /** Brightness before light and noise. */
  readonly brightness: number;
}

/** Radius of the circle that the ellipse's area equals. */
function radiusOf({ axes }: Cell): number {
  return Math.sqrt(axes[0] * axes[1]);
}

function drawCell(y: number, x: number, radius: number, random: RandomStream): Cell {
  const stretch = 1 + 0.35 * random.uniform();
  const angle = Math.PI * random.uniform();
  const wave = (): number => 0.16 * (random.uniform() - 0.5);
  return {
    y,
    x,
    axes: [radius * Math.sqrt(stretch), radius / Math.sqrt(stretch)],
    direction: [Math.cos(angle), Math.sin(angle)],
    waves: [wave(), wave(), wave(), wave()],
    brightness: 0.46 + 0.36 * random.uniform(),
  };
}

/** Whether a place is inside the image and no cell's centre is nearer than `share` of the radii's sum. */
function isFree(
  y: number,
  x: number,
  radius: number,
  cells: readonly Cell[],
  { height, width }: Size,
): boolean {
  if (y < 0 || x < 0 || y >= height || x >= width) return false;
  return cells.every(
    (cell) => Math.hypot(cell.y - y, cell.x - x) > 0.82 * (radiusOf(cell) + radius),
  );
}

/**
 * Places cells: most of them beside an earlier one, so close that outlines press against each other, the others
 * anywhere. Places that are taken are given up after some attempts, so a full image gets fewer cells.
 */
export function placeCells(
  count: number,
  size: Size,
  meanRadius: number,
  random: RandomStream,
): readonly Cell[] {
  const cells: Cell[] = [];
  for (let attempt = 0; attempt < 12 * count && cells.length < count; attempt++) {
    const radius = meanRadius * (0.75 + 0.5 * random.uniform());
    const neighbour = cells[random.integer(cells.length + Math.ceil(cells.length / 3) + 1)];
    const angle = 2 * Math.PI * random.uniform();
    const reach = neighbour === undefined ? 0 : 0.9 * (radiusOf(neighbour) + radius);
    const y =
      neighbour === undefined
        ? size.height * random.uniform()
        : neighbour.y + reach * Math.sin(angle);
    const x =
      neighbour === undefined
        ? size.width * random.uniform()
        : neighbour.x + reach * Math.cos(angle);
    if (isFree(y, x, radius, cells, size)) cells.push(drawCell(y, x, radius, random));
  }
  return cells;
}

/**
 * Distance from a cell's centre to its outline along the ray towards a place.
 * @param dy - The place's row less the centre's; not zero together with `dx`.
 * @param dx - The place's column less the centre's.
 * @param distance - Length of (dy, dx).
 */
export function outlineAt(cell: Cell, dy: number, dx: number, distance: number): number {
  const [cos, sin] = cell.direction;
  // Cosine and sine of the ray's angle to the first axis, and of its double and triple.
  const c = (dx * cos + dy * sin) / distance;
  const s = (dy * cos - dx * sin) / distance;
  const c2 = c * c - s * s;
  const s2 = 2 * c * s;
  const [a2, b2, a3, b3] = cell.waves;
  const wave = 1 + a2 * c2 + b2 * s2 + a3 * (c * c2 - s * s2) + b3 * (s * c2 + c * s2);
  const across = c / cell.axes[0];
  const along = s / cell.axes[1];
  return wave / Math.sqrt(across * across + along * along);
}
