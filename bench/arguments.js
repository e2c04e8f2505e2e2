// What the benchmarks' command lines have in common.

/** A mistake of the caller, told by its message alone. */
export class BenchError extends Error {
  name = 'BenchError';
}

/** Options of every benchmark, for `parseArgs`. */
export const commonOptions = {
  json: { type: 'boolean', default: false },
  engine: { type: 'string' },
  threads: { type: 'string', default: '2' },
};

/**
 * The whole number that an option holds.
 * @throws BenchError if it is none, or is smaller than `least`.
 */
export function wholeNumber(values, option, least = 1) {
  const number = Number(values[option]);
  if (Number.isInteger(number) && number >= least) return number;
  throw new BenchError(
    `--${option} must be a whole number from ${least} on, received "${values[option]}".`,
  );
}
