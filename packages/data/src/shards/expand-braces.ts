import { DataError } from '@segkit/core';

/** More shards than this are a slip of the pen. */
const most = 100_000;

/**
 * The names that a pattern stands for: `{000..146}` counts, with leading zeros if the bounds have them, and `{a,b}` lists,
 * as shells and WebDataset write them.
 * @throws DataError if they are more than 100,000.
 * @example
 * expandBraces('train-{08..10}.tar'); // ['train-08.tar', 'train-09.tar', 'train-10.tar']
 */
export function expandBraces(pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (found === null) return [pattern];
  const [, before = '', inside = '', after = ''] = found;
  return choices(inside).flatMap((choice) =>
    expandBraces(after).map((rest) => before + choice + rest),
  );
}

function choices(inside: string): string[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(inside) ?? [];
  if (from === undefined || to === undefined) return inside.split(',');
  const [first, last] = [Number(from), Number(to)];
  const padded = [from, to].some((bound) => bound.startsWith('0') && bound.length > 1);
  if (last - first >= most) {
    throw new DataError(
      `shards: expected at most ${String(most)} tar files, found {${inside}}; correct the numbers.`,
    );
  }
  const width = padded ? Math.max(from.length, to.length) : 0;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    String(first + index).padStart(width, '0'),
  );
}
