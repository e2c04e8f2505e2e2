// `memory`: the peak resident size of a process that only builds a network and trains it for a few steps.
import { wholeNumber } from './arguments.js';
import { reportEachNet } from './each-net.js';
import { netsNamed } from './nets.js';
import { checkParameters, startPeer, startSegkit } from './sides.js';
import { cells, createReport, rounded } from './report.js';

const columns = [
  ['', ({ name }) => name],
  ['segkit', ({ segkit }) => cells.megabytes(segkit)],
  ['PyTorch', ({ pytorch }) => cells.megabytes(pytorch)],
  ['ratio', ({ ratio }) => cells.ratio(ratio)],
  ['segkit before the net', ({ segkitImported }) => cells.megabytes(segkitImported)],
  ['PyTorch before', ({ pytorchImported }) => cells.megabytes(pytorchImported)],
];

/** Lets a fresh worker train; its largest size in bytes. It is gone before the next one starts. */
async function peakOf(side, steps) {
  for (let i = 0; i < steps; i++) await side.ask('step');
  const { bytes } = await side.ask('peak');
  await side.stop();
  return bytes;
}

async function measure(net, { engine, threads, steps }, started) {
  const segkit = await startSegkit('training', net, { engine, threads, warmUp: 0 });
  if (segkit === null) return null;
  started.push(segkit);
  const own = await peakOf(segkit, steps);
  const pytorch = await startPeer('training', net, { threads, warmUp: 0 });
  if (pytorch !== null) started.push(pytorch);
  const peer = pytorch === null ? null : await peakOf(pytorch, steps);
  checkParameters(net, started);
  return {
    benchmark: 'memory',
    name: `memory/${net.name}`,
    net: net.name,
    engine: segkit.info.engine,
    segkit: own,
    pytorch: peer,
    ratio: peer === null ? null : rounded(own / peer),
    segkitImported: segkit.info.importedBytes,
    pytorchImported: pytorch?.info.importedBytes ?? null,
    steps,
    threads,
    parameters: segkit.info.parameters,
    torch: pytorch?.info.torch ?? null,
  };
}

/** Peak resident bytes. */
export const memory = {
  options: { net: { type: 'string' }, steps: { type: 'string', default: '10' } },
  run: async (values) => {
    const settings = {
      engine: values.engine,
      threads: wholeNumber(values, 'threads'),
      steps: wholeNumber(values, 'steps'),
    };
    await reportEachNet(
      netsNamed(values.net),
      (net, started) => measure(net, settings, started),
      createReport(values.json, columns),
    );
  },
};
