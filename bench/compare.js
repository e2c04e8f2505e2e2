// `training` and `inference`: seconds of a step of segkit and of PyTorch, each in a process of its own, taking turns.
import { BenchError, wholeNumber } from './arguments.js';
import { reportEachNet } from './each-net.js';
import { netsNamed } from './nets.js';
import { checkParameters, startPeer, startSegkit } from './sides.js';
import { cells, createReport, extremes, median, note, rounded } from './report.js';
import { startSide } from './side.js';
import { doubtsOf, takeTurns } from './turns.js';

const options = {
  net: { type: 'string' },
  rounds: { type: 'string', default: '11' },
  // The engine ort compiles in the first steps, until it knows which scalars change.
  'warm-up': { type: 'string', default: '5' },
};

const columns = [
  ['', ({ name }) => name],
  ['segkit', ({ segkit }) => cells.seconds(segkit)],
  ['PyTorch', ({ pytorch }) => cells.seconds(pytorch)],
  ['ratio', ({ ratio }) => cells.ratio(ratio)],
  ['from', ({ ratioMin }) => cells.ratio(ratioMin)],
  ['to', ({ ratioMax }) => cells.ratio(ratioMax)],
  ['processor time', ({ cpuRatio }) => cells.ratio(cpuRatio)],
  ['stock wasm', ({ stockWasm }) => cells.seconds(stockWasm)],
  ['ratio to stock', ({ ratioToStockWasm }) => cells.ratio(ratioToStockWasm)],
];

const stepSeconds = (steps) => steps.map(({ seconds }) => seconds);
const stepCpuSeconds = (steps) => steps.map(({ cpuSeconds }) => cpuSeconds);

/** Median and extremes of one side. */
function summaryOf(name, steps) {
  if (steps === undefined) return { [name]: null };
  const seconds = stepSeconds(steps);
  return { [name]: rounded(median(seconds)), ...extremes(name, seconds) };
}

/** Median and extremes over the rounds of segkit's time divided by the other's, under the given name. */
function ratioOf(name, own, other, quantity = stepSeconds) {
  if (other === undefined) return { [name]: null };
  const divisors = quantity(other);
  const ratios = quantity(own).map((value, round) => value / divisors[round]);
  return { [name]: rounded(median(ratios)), ...extremes(name, ratios) };
}

/** Starts the sides one after the other, since warming up together would slow all of them. */
async function startSides(mode, net, settings, started) {
  const { engine, threads, warmUp, withStock } = settings;
  const segkit = await startSegkit(mode, net, { engine, threads, warmUp });
  if (segkit !== null) started.push(segkit);
  else return null;
  const pytorch = await startPeer(mode, net, { threads, warmUp });
  if (pytorch !== null) started.push(pytorch);
  if (!withStock) return { segkit, pytorch };
  // It is slow, and has nothing to compile.
  const stock = await startSide('workers/stock-wasm.js', {
    net: net.name,
    warmUp: Math.min(warmUp, 2),
  });
  started.push(stock);
  return { segkit, pytorch, stock };
}

async function measure(mode, net, settings, started) {
  const sides = await startSides(mode, net, settings, started);
  if (sides === null) return null;
  checkParameters(net, started);
  const steps = await takeTurns(started, settings.rounds);
  for (const [i, { file }] of started.entries()) {
    for (const doubt of doubtsOf(file, steps[i])) note(`${net.name}: ${doubt}.`);
  }
  const { segkit, pytorch, stock } = sides;
  const [own, peer, plain] = [segkit, pytorch, stock].map((side) => steps[started.indexOf(side)]);
  return {
    benchmark: mode,
    name: `${mode}/${net.name}`,
    net: net.name,
    engine: segkit.info.engine,
    ...summaryOf('segkit', own),
    ...summaryOf('pytorch', peer),
    ...ratioOf('ratio', own, peer),
    ...ratioOf('cpuRatio', own, peer, stepCpuSeconds),
    ...(plain && {
      ...summaryOf('stockWasm', plain),
      ...ratioOf('ratioToStockWasm', own, plain),
    }),
    strangers: rounded(median(steps.flat().map((step) => step.strangers))),
    rounds: settings.rounds,
    threads: settings.threads,
    parameters: segkit.info.parameters,
    torch: pytorch?.info.torch ?? null,
  };
}

async function compare(mode, values) {
  const nets = netsNamed(values.net);
  const withStock = values['with-stock-wasm'] === true;
  if (withStock && nets.some(({ peer }) => peer.network !== 'unet')) {
    throw new BenchError('--with-stock-wasm needs --net unet-16 or --net unet-64.');
  }
  const settings = {
    engine: values.engine,
    threads: wholeNumber(values, 'threads'),
    rounds: wholeNumber(values, 'rounds'),
    warmUp: wholeNumber(values, 'warm-up', 0),
    withStock,
  };
  await reportEachNet(
    nets,
    (net, started) => measure(mode, net, settings, started),
    createReport(values.json, columns),
  );
}

/** Training steps: forward, loss, backward, Adam, reading the loss. */
export const training = {
  options: { ...options, 'with-stock-wasm': { type: 'boolean', default: false } },
  run: (values) => compare('training', values),
};

/** Forward passes with running statistics, and reading the logits. */
export const inference = { options, run: (values) => compare('inference', values) };
