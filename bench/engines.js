// `engines`: every engine that starts on the same networks: a training step, an inference, memory, beside PyTorch.
import { firstParty } from 'segkit';

import { BenchError, engineSpec, enginesOf, wholeNumber } from './arguments.js';
import { netsNamed } from './nets.js';
import { cells, complain, createReport, extremes, median, note, rounded } from './report.js';
import { isLate } from './side.js';
import { checkParameters, startPeer, trySegkit } from './sides.js';
import { doubtsOf, takeTurns } from './turns.js';

const options = {
  engines: { type: 'string' },
  net: { type: 'string' },
  mode: { type: 'string' },
  rounds: { type: 'string', default: '7' },
  'warm-up': { type: 'string', default: '5' },
  seconds: { type: 'string', default: '30' },
  limit: { type: 'string', default: '180' },
};

const perSecond = (value) => (value === null || value === undefined ? '' : value.toPrecision(3));

const columns = [
  ['', ({ name }) => name],
  ['engine', ({ engine }) => engine],
  ['a step', ({ segkit }) => cells.seconds(segkit)],
  ['images/s', ({ imagesPerSecond }) => perSecond(imagesPerSecond)],
  ['peak memory', ({ peak }) => cells.megabytes(peak)],
  ['PyTorch', ({ pytorch }) => cells.seconds(pytorch)],
  ['on', ({ device }) => device ?? ''],
  ['peak memory', ({ pytorchPeak }) => cells.megabytes(pytorchPeak)],
  ['ratio', ({ ratio }) => cells.ratio(ratio)],
  ['rounds', ({ rounds }) => (rounds === undefined ? '' : String(rounds))],
  ['no numbers because', ({ skipped }) => skipped ?? ''],
];

/** Engines that compute on a GPU where there is one; PyTorch's side then does so too. */
const gpuEngines = new Set(['tfjs-node-gpu', 'webgpu']);

const modes = ['training', 'inference'];

/** @throws BenchError if there is no such mode. */
function modesNamed(name) {
  if (name === undefined) return modes;
  if (modes.includes(name)) return [name];
  throw new BenchError(`--mode must be ${modes.join(' or ')}, received "${name}".`);
}

/** As many rounds as fit into the time; a turn makes two steps. */
function roundsFor({ stepSeconds }, { rounds, seconds }) {
  if (!stepSeconds) return rounds;
  return Math.max(1, Math.min(rounds, Math.floor(seconds / (2 * stepSeconds))));
}

async function measure(mode, net, engine, settings) {
  const { threads, warmUp, seconds, limit } = settings;
  const about = { benchmark: 'engines', name: `${mode}/${net.name}`, mode, net: net.name, engine };
  const started = [];
  try {
    const told = { engine, threads, warmUp, warmUpSeconds: seconds / 2 };
    const side = await trySegkit(mode, net.name, told, limit);
    started.push(side);
    const { skipped, stage } = side.info;
    if (skipped !== undefined)
      return { ...about, skipped, stage: stage ?? 'run', late: isLate(side) };
    const device = gpuEngines.has(engineSpec(engine).name) ? 'gpu' : 'cpu';
    const peer = await startPeer(mode, net, { threads, warmUp, device });
    if (peer !== null) started.push(peer);
    checkParameters(net, started);
    const rounds = roundsFor(side.info, settings);
    const [own, other] = await takeTurns(started, rounds);
    for (const doubt of doubtsOf(engine, own)) note(`${about.name}: ${doubt}.`);
    const times = own.map((step) => step.seconds);
    const peak = (await side.ask('peak')).bytes;
    return {
      ...about,
      segkit: rounded(median(times)),
      ...extremes('segkit', times),
      imagesPerSecond: rounded(net.batch / median(times)),
      peak,
      ...(peer && (await besidePyTorch(net, times, other, peer))),
      strangers: rounded(median(own.map((step) => step.strangers))),
      rounds,
      threads,
    };
  } finally {
    await Promise.all(started.map((side) => side.stop()));
  }
}

async function besidePyTorch({ batch }, times, steps, peer) {
  const others = steps.map(({ seconds }) => seconds);
  const ratios = times.map((time, round) => time / others[round]);
  return {
    pytorch: rounded(median(others)),
    pytorchImagesPerSecond: rounded(batch / median(others)),
    pytorchPeak: (await peer.ask('peak')).bytes,
    device: peer.info.device,
    ratio: rounded(median(ratios)),
    ...extremes('ratio', ratios),
    torch: peer.info.torch,
  };
}

/** Seconds, images a second, peak resident memory, and the ratio to PyTorch on the same device. */
export const engines = {
  options,
  run: async (values) => {
    const known = firstParty.filter(({ kind }) => kind === 'engine').map(({ name }) => name);
    const names = enginesOf(values, known);
    const settings = {
      threads: wholeNumber(values, 'threads'),
      rounds: wholeNumber(values, 'rounds'),
      warmUp: wholeNumber(values, 'warm-up'),
      seconds: wholeNumber(values, 'seconds'),
      limit: wholeNumber(values, 'limit'),
    };
    const report = createReport(values.json, columns);
    // Engines that need not be tried again, and why.
    const lost = new Map();
    for (const net of netsNamed(values.net)) {
      for (const mode of modesNamed(values.mode)) {
        for (const engine of names.filter((name) => !lost.has(name))) {
          try {
            const result = await measure(mode, net, engine, settings);
            if (result.stage === 'start') note(`${engine} does not start: ${result.skipped}`);
            else report.add(result);
            // The first network is the smallest: what is too slow for it is too slow for the others.
            const tooSlow = result.late === true;
            if (tooSlow) note(`${engine} is too slow; its other networks are left out.`);
            if (tooSlow || result.stage === 'start') lost.set(engine, result.skipped);
          } catch (error) {
            complain(`${net.name} on ${engine}: ${error.message}`);
          }
        }
      }
    }
    report.end();
    if (names.every((name) => lost.has(name))) complain('no engine gives numbers.');
  },
};
