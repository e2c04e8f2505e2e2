import { describe, expect, it } from 'vitest';

import { connectedComponents, type ConnectivityOptions } from './connected-components.js';

function componentsOf(rows: readonly string[], options?: ConnectivityOptions): string[] {
  const width = rows[0]?.length ?? 0;
  const data = Uint8Array.from(rows.join(''), (pixel) => Number(pixel === '#'));
  const mask = { height: rows.length, width, channels: 1, data };
  const { data: labels } = connectedComponents(mask, options);
  return rows.map((_, y) => [...labels.subarray(y * width, (y + 1) * width)].join(''));
}

describe('connectedComponents', () => {
  it('joins pixels over edges, not over corners', () => {
    expect(componentsOf(['##..', '.#.#', '..#.'])).toEqual(['1100', '0102', '0030']);
  });

  it('joins over corners too when told so', () => {
    const rows = ['##..', '.#.#', '..#.', '#..#'];
    expect(componentsOf(rows, { connectivity: 8 })).toEqual(['1100', '0101', '0010', '2001']);
    // Both pixels of the first row meet in the second, from either side.
    expect(componentsOf(['#.#', '.#.'], { connectivity: 8 })).toEqual(['101', '010']);
  });

  it('joins branches that meet late', () => {
    expect(componentsOf(['#.#.#', '#.#.#', '#.###', '###..', '....#'])).toEqual([
      '10101',
      '10101',
      '10111',
      '11100',
      '00002',
    ]);
  });

  it('numbers a checkerboard, the most components there can be', () => {
    expect(componentsOf(['#.#', '.#.', '#.#'])).toEqual(['102', '030', '405']);
  });

  it('handles empty and full masks', () => {
    expect(componentsOf(['...', '...'])).toEqual(['000', '000']);
    expect(componentsOf(['##', '##'])).toEqual(['11', '11']);
  });
});
