import type { LabelObject, Run } from './label-components.js';

/** Column and row of a pixel's corner. */
export type Corner = readonly [x: number, y: number];

/** A closed outline; the first corner stands at the end again. */
export type Ring = readonly Corner[];

/** Directions, each a right turn from the one before: right, down, left, up. */
const steps: readonly Corner[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/**
 * The outlines of an object along its pixels' edges: the outer ring first, then those of its holes. With rows growing
 * downwards, the outer ring runs clockwise and holes counter-clockwise. Rings touch in single corners at most.
 */
export function traceRings({ runs }: Pick<LabelObject, 'runs'>): readonly Ring[] {
  const edges = edgesOf(runs);
  const rings: Ring[] = [];
  // The first edge listed is at the top of the first row, and so belongs to the outer ring.
  for (const [corner, directions] of edges) {
    for (const direction of [0, 1, 2, 3]) {
      if (directions.has(direction)) rings.push(follow(edges, corner, direction));
    }
  }
  return rings;
}

/** By corner: directions of the edges that leave it, the object lying to their right. */
type Edges = ReadonlyMap<number, Set<number>>;

/** More than any image has columns, and few enough to number the corners of any image exactly. */
const columns = 2 ** 26;

function keyOf([x, y]: Corner): number {
  return y * columns + x;
}

function edgesOf(runs: readonly Run[]): Edges {
  const byRow = new Map<number, Run[]>();
  for (const run of runs) {
    const row = byRow.get(run.row) ?? [];
    byRow.set(run.row, row);
    row.push(run);
  }
  const edges = new Map<number, Set<number>>();
  const add = (from: Corner, direction: number): void => {
    const known = edges.get(keyOf(from)) ?? new Set<number>();
    edges.set(keyOf(from), known.add(direction));
  };
  for (const [row, own] of byRow) {
    uncovered(own, byRow.get(row - 1), (x) => {
      add([x, row], 0);
    });
    for (const { start, end } of own) {
      add([end, row], 1);
      add([start, row + 1], 3);
    }
    uncovered(own, byRow.get(row + 1), (x) => {
      add([x + 1, row + 1], 2);
    });
  }
  return edges;
}

/** Visits the columns of a row's runs that no run of a neighbouring row covers. */
function uncovered(
  runs: readonly Run[],
  neighbours: readonly Run[] = [],
  visit: (column: number) => void,
): void {
  let next = 0;
  for (const { start, end } of runs) {
    for (let x = start; x < end; x++) {
      while (next < neighbours.length && (neighbours[next] as Run).end <= x) next++;
      const neighbour = neighbours[next];
      if (neighbour === undefined || x < neighbour.start) visit(x);
    }
  }
}

/** Follows an outline from one of its edges until it comes back, and uses its edges up. */
function follow(edges: Edges, start: number, first: number): Ring {
  const corners: Corner[] = [];
  let at: Corner = [start % columns, Math.floor(start / columns)];
  edges.get(start)?.delete(first);
  for (let direction = first; ;) {
    const [dx, dy] = steps[direction] as Corner;
    at = [at[0] + dx, at[1] + dy];
    const key = keyOf(at);
    const leaving = edges.get(key);
    const back = (turned: number): boolean => key === start && turned === first;
    // Where two parts of the object meet in a corner, a left turn stays at the same pixel outside of it, so that no ring
    // crosses or touches itself.
    const next = [3, 0, 1]
      .map((turn) => (direction + turn) % 4)
      .find((turned) => back(turned) || leaving?.has(turned) === true);
    if (next === undefined) return corners;
    if (next !== direction) corners.push(at);
    if (back(next)) return [...corners, corners[0] as Corner];
    leaving?.delete(next);
    direction = next;
  }
}
