// How results are printed: a line of JSON each, or a table at the end.

/** The middle value; of an even number of them the upper one. */
export const median = (numbers) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A number as printed in JSON: four significant digits. */
export const rounded = (number) => Number(number.toPrecision(4));

/** `{ nameMin, nameMax }` of these numbers. */
export const extremes = (name, numbers) => ({
  [`${name}Min`]: rounded(Math.min(...numbers)),
  [`${name}Max`]: rounded(Math.max(...numbers)),
});

/** Says something to whoever watches, beside the numbers. */
export function note(text) {
  console.error(`bench: ${text}`);
}

/** Says that the benchmark went wrong, and lets the process fail at its end. */
export function complain(text) {
  note(`error: ${text}`);
  process.exitCode = 1;
}

const widthsOf = (rows) =>
  rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));

/** Text columns, the first one left-aligned, all others right-aligned. */
export function table(headings, rows) {
  const widths = widthsOf([headings, ...rows]);
  const line = (cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ');
  return [headings, ...rows].map((cells) => line(cells).trimEnd()).join('\n');
}

/**
 * Collects results.
 * @param json - Whether every result is printed as JSON when it comes; otherwise `end` prints a table.
 * @param columns - Heading and cell of every column of the table: `[heading, (result) => text]`.
 */
export function createReport(json, columns) {
  const results = [];
  return {
    add: (result) => {
      if (json) console.log(JSON.stringify(result));
      else results.push(result);
    },
    end: () => {
      if (results.length === 0) return;
      const shown = columns.filter(([, cell]) => results.some((result) => cell(result) !== ''));
      const rows = results.map((result) => shown.map(([, cell]) => cell(result)));
      console.log(
        table(
          shown.map(([heading]) => heading),
          rows,
        ),
      );
    },
  };
}

const known = (show) => (value) => (value === null || value === undefined ? '' : show(value));

/** Three digits, and never an exponent. */
const short = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** Cells; nothing for null. */
export const cells = {
  seconds: known((value) => `${short(value)} s`),
  milliseconds: known((value) => `${short(1000 * value)} ms`),
  megabytes: known((value) => `${(value / 1e6).toFixed(0)} MB`),
  ratio: known((value) => value.toFixed(2)),
};
