// `curves`: the losses of the same run on several engines. It needs the data of the variable SEGKIT_DATA.
import { firstParty } from 'segkit';

import { enginesOf, wholeNumber } from './arguments.js';
import { dataFolder } from './loading/sets.js';
import { complain, createReport, note } from './report.js';
import { isLate, startSide } from './side.js';

/**
 * How far losses may be apart, relative to the loss, by the step.
 *
 * At step 1 all engines compute the same function of the same weights: single precision rounds by 2^-24 = 6e-8, and sums in
 * another order by some times that. From then on differences grow. Adam divides a gradient by its own size, so that of its
 * first updates the sign decides, and where a gradient is hardly more than rounding the sign is chance: such weights are two
 * learning rates apart. A pixel at a ReLU's bend or a tie in a max-pool then sends its gradient elsewhere. How fast differences
 * grow is a property of the run, not of an engine, and is measured beside: the first engine once more, all pixels changed by
 * their last bit or two. Over seeds 0 to 3 that makes 1e-5 to 1e-4 at step 10 and 1e-4 to 1.3e-2 at step 50; wasm against ort
 * 1e-5 to 4e-4 and 3e-4 to 1.5e-2. The tolerance is some four times the largest. Input gradients of which the negative ones are
 * a fifth too small are off by 7e-3 at step 10. An engine that multiplies in TF32 is 1e-4 off at step 1: turn that off
 * (NVIDIA_TF32_OVERRIDE=0) to compare.
 */
const tolerances = { 1: 1e-5, 10: 2e-3, 50: 5e-2 };

const relative = (value) => (value === undefined ? '' : value.toExponential(1));

const columns = [
  ['', ({ name }) => name],
  ...Object.entries(tolerances).map(([step, tolerance]) => [
    `step ${step} (${tolerance.toExponential()})`,
    ({ differences }) => relative(differences[step]),
  ]),
  ['largest', ({ largest }) => relative(largest)],
  ['last loss', ({ lastLoss }) => lastLoss.toFixed(4)],
  ['seconds', ({ seconds }) => seconds.toFixed(1)],
];

/** The losses of a run in a process of its own; null if the engine does not start, which is told. */
async function curveOf(told, limit) {
  const side = await startSide('workers/curve.js', told, limit);
  await side.stop();
  const { skipped, missing } = side.info;
  if (skipped === undefined) return side.info;
  // Not having an engine is no failure, nor is a slow one; one that is there and does not train is.
  const says = missing || isLate(side) ? note : complain;
  says(`${told.engine}: no curve: ${skipped}`);
  return null;
}

/** Relative differences of the losses, step by step. */
function compare(losses, reference) {
  const apart = losses.map((loss, i) => Math.abs(loss - reference[i]) / Math.abs(reference[i]));
  const steps = Object.keys(tolerances).filter((step) => step <= losses.length);
  return {
    differences: Object.fromEntries(steps.map((step) => [step, apart[step - 1]])),
    largest: Math.max(...apart),
  };
}

/** Whether the losses agree up to a step: NaN does not. */
const agree = ({ differences }) =>
  Object.entries(differences).every(([step, difference]) => difference <= tolerances[step]);

export const curves = {
  options: {
    engines: { type: 'string' },
    count: { type: 'string', default: '50' },
    seed: { type: 'string', default: '0' },
    limit: { type: 'string', default: '300' },
  },
  run: async (values) => {
    dataFolder();
    const told = {
      threads: wholeNumber(values, 'threads'),
      steps: wholeNumber(values, 'count'),
      seed: wholeNumber(values, 'seed', 0),
    };
    const limit = wholeNumber(values, 'limit');
    const known = firstParty.filter(({ kind }) => kind === 'engine').map(({ name }) => name);
    const report = createReport(values.json, columns);
    let reference = null;
    for (const engine of enginesOf(values, known)) {
      const curve = await curveOf({ ...told, engine }, limit);
      if (curve === null) continue;
      const isFirst = reference === null;
      reference ??= curve;
      const add = (name, { losses, seconds }) => {
        const result = { ...compare(losses, reference.losses), lastLoss: losses.at(-1), seconds };
        report.add({
          benchmark: 'curves',
          name,
          engine,
          reference: reference.engine,
          ...result,
          tolerances,
        });
        if (!agree(result)) complain(`${name}: the losses differ by more than rounding explains.`);
      };
      if (isFirst) {
        const disturbed = await curveOf({ ...told, engine, disturbed: true }, limit);
        if (disturbed !== null) add(`${engine}, last bits of the pixels changed`, disturbed);
      } else add(`${engine} against ${reference.engine}`, curve);
    }
    report.end();
  },
};
