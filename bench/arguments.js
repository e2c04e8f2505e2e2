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

/**
 * An engine as command lines name it: `webgpu`, or with options `webgpu:fallbackAdapter=true`, `ort:threads=1:…`; values are
 * JSON, or text where they are none.
 */
export function engineSpec(text) {
  const [name, ...settings] = text.split(':');
  const options = settings.map((setting) => {
    const [key, value] = setting.split('=');
    try {
      return [key, JSON.parse(value)];
    } catch {
      return [key, value];
    }
  });
  return { name, ...Object.fromEntries(options) };
}

/**
 * Engines in a list with commas, or all.
 * @param known - The names of all engines.
 * @throws BenchError if one is none of them.
 */
export function enginesOf({ engines, engine }, known) {
  const list = engines ?? engine;
  if (list === undefined) return known;
  const specs = list.split(',');
  const unknown = specs.find((spec) => !known.includes(engineSpec(spec).name));
  if (unknown === undefined) return specs;
  throw new BenchError(`--engines takes ${known.join(', ')}, received "${unknown}".`);
}
