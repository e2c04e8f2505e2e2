// `npm run bench -- <benchmark> [options]`; without a benchmark it lists them.
import { parseArgs } from 'node:util';

import { commonOptions } from './arguments.js';

const compare = () => import('./compare.js');

/** Every benchmark: what it measures, and the module that does, loaded only when asked for. */
const benchmarks = {
  training: {
    about: 'seconds of a training step beside PyTorch, the two taking turns',
    load: async () => (await compare()).training,
  },
  inference: {
    about: 'seconds of a forward pass and reading its logits, beside PyTorch',
    load: async () => (await compare()).inference,
  },
  engines: {
    about: 'training and inference of every engine that starts, with memory, beside PyTorch',
    load: async () => (await import('./engines.js')).engines,
  },
  curves: {
    about: 'whether the losses of the same run agree on all engines; needs SEGKIT_DATA',
    load: async () => (await import('./curves.js')).curves,
  },
  memory: {
    about: 'peak resident size of a process that trains 10 steps, beside PyTorch',
    load: async () => (await import('./memory.js')).memory,
  },
  overhead: {
    about: "a training step's JavaScript time: what is not spent inside the engine",
    load: async () => (await import('./overhead.js')).overhead,
  },
  steps: {
    about: 'graphs compiled in a run with schedule, dropout and partial batches',
    load: async () => (await import('./steps.js')).steps,
  },
  soak: {
    about: 'growth of tensors and resident memory over many steps',
    load: async () => (await import('./soak.js')).soak,
  },
  cost: {
    about: 'what events, callbacks and checkpoints add to the time of a run',
    load: async () => (await import('./cost.js')).cost,
  },
  kills: {
    about: 'runs that are killed and resumed, beside one that never was: equal weights?',
    load: async () => (await import('./kills.js')).kills,
  },
  faults: {
    about: 'runs whose disk fails at any call, or whose checkpoints are damaged: a wrong resume?',
    load: async () => (await import('./faults.js')).faults,
  },
  transforms: {
    about: 'processor time of each transform on a 512x512 RGB sample with labels, beside Python',
    load: async () => (await import('./transforms.js')).transforms,
  },
  elastic: {
    about: 'the transform elastic alone',
    load: async () => (await import('./transforms.js')).elastic,
  },
  loader: {
    about: "images a second of the loader alone, beside PyTorch's DataLoader; needs SEGKIT_DATA",
    load: async () => (await import('./loader.js')).loader,
  },
  stall: {
    about: 'share of training time in which steps wait for data; needs SEGKIT_DATA',
    load: async () => (await import('./stall.js')).stall,
  },
  overfit: {
    about: 'whether every preset learns four real images by heart; needs SEGKIT_DATA',
    load: async () => (await import('./overfit.js')).overfit,
  },
  'large-image': {
    about: 'peak resident size and megapixels/s of segkit predict on 20,000 x 20,000 pixels',
    load: async () => (await import('./large-image.js')).largeImage,
  },
};

const usage = `usage: npm run bench -- <benchmark> [options]     (npm run -s: only the numbers on standard output)

${Object.entries(benchmarks)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

  --json              one JSON object a line; without it a table
  --engine NAME       segkit's engine; default: the first that starts
  --threads N         threads of PyTorch and of the engine ort; default 2 (the engine wasm has one core)
training, inference, engines, memory, overhead:
  --net NAME          one network; default: all (overhead: unet-16)
training, inference, engines, overhead, transforms, elastic:
  --rounds N          steps timed on each side
training, inference, engines, overhead:
  --warm-up N         steps before the first that is timed
engines, curves:
  --engines A,B       these engines, with options as in webgpu:fallbackAdapter=true; default: every one that starts
engines:
  --mode NAME         training or inference; default: both
  --seconds N         what a slow engine's steps of a network may take, about; it gets fewer rounds; default 30
  --limit N           seconds until an engine must have warmed up; default 180
curves:
  --count N           steps trained; default 50
  --seed N            seed of the run; default 0
  --limit N           seconds that a run may take; default 300
training --net unet-16:
  --with-stock-wasm   stock tfjs-backend-wasm as a third side
memory:
  --steps N           steps trained; default 10
steps, soak:
  --count N           steps trained; default 1000 and 2000
soak:
  --minutes N         trains for so long instead
  --readings N        memory and tensors at so many moments; default 20
kills:
  --count N           runs; default 100 on each of ort and wasm
  --steps N           steps of a run; default 20
  --most-kills N      kills of a run before it may end; default 3
faults:
  --all               every call that a run makes fails once with each error, some 3000 runs; default: one of each kind
  --flips N           bits flipped, one at a time; default 1000
cost:
  --rounds N          pairs of runs; default 7
  --count N           steps of a run that are timed; default 200
  --every N           steps between checkpoints; default 100
loader, stall:
  --set NAME          one data set; default: all
  --workers N         loader threads, and processes of PyTorch's DataLoader; default: 1, stall: auto
loader:
  --rounds N          turns of each side; default 7
  --batches N         batches of 8 in a turn; default 8
  --cache             segkit keeps decoded samples in memory, as it does in a run
stall:
  --count N           steps trained; default 60
overfit:
  --preset NAME       one preset; default: all
  --steps N           most steps; it ends at a mean IoU of 0.95
  --size N            to which the images are resized; default 256
  --learning-rate X   Adam's; default 1e-3
large-image:
  --size N            height and width of the image; default 20000

PyTorch's side runs by python3, or by the interpreter that the variable PYTHON names; without torch only segkit's
numbers are given. Kernels of the engine wasm one by one: node bench/wasm-kernels.js. The border weight map:
node bench/weight-map.js`;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || name === '--help') {
  console.log(usage);
} else if (!Object.hasOwn(benchmarks, name)) {
  console.error(`bench: there is no benchmark "${name}".\n\n${usage}`);
  process.exitCode = 2;
} else {
  await start(name, rest);
}

async function start(benchmark, args) {
  const { options, run } = await benchmarks[benchmark].load();
  try {
    const { values } = parseArgs({ args, options: { ...commonOptions, ...options } });
    await run(values);
  } catch (error) {
    const expected = error.code?.startsWith('ERR_PARSE_ARGS') || error.name === 'BenchError';
    console.error(expected ? `bench ${benchmark}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
