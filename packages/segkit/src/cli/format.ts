import Table from 'cli-table3';

/** One JSON value on indented lines; numbers that are not finite become `null`. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A score with four decimals; a dash where it is not defined. */
export function formatScore(score: number): string {
  return Number.isFinite(score) ? score.toFixed(4) : '-';
}

/** An integer in groups of three digits, e.g. `31,037,698`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Named scores, one a line, aligned. */
export function formatScores(scores: Readonly<Record<string, number>>): string {
  const width = Math.max(...Object.keys(scores).map((name) => name.length));
  return Object.entries(scores)
    .map(([name, score]) => `  ${name.padEnd(width)}  ${formatScore(score)}`)
    .join('\n');
}

/**
 * A table without colours and without lines between its rows.
 * @param head - Column titles; all columns but those of `left` are aligned right.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly string[] = head.slice(0, 1),
): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((title) => (left.includes(title) ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
