import { parseArgs } from 'node:util';

/** What `--steps N` on the command line asks for; nothing if it is not given. */
export function stepsOption(): { readonly steps?: number } {
  const { values } = parseArgs({ options: { steps: { type: 'string' } } });
  if (values.steps === undefined) return {};
  const steps = Number(values.steps);
  if (Number.isInteger(steps) && steps > 0) return { steps };
  throw new Error(`--steps: expected a positive integer, received "${values.steps}".`);
}
