// Engines that fail in every way there is; `--plugin` imports them into a probe.
import { defineEngine, EngineError, type Plugin } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

function engine(name: string, start: () => void | Promise<void>): Plugin<'engine'> {
  return defineEngine({
    name,
    description: 'Fails.',
    options: z.strictObject({}),
    create: () => ({ name, start: async () => start() }),
  });
}

/** The native code of an engine does this. */
function die(signal: NodeJS.Signals): never {
  process.kill(process.pid, signal);
  // The signal comes when it comes.
  for (;;);
}

/** The backend `cpu` with another kernel. */
async function startCpuWith(kernelName: string, kernel: () => never): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: kernel });
}

export const fakeEngines = [
  engine('segfault', () => die('SIGSEGV')),
  engine('bus-error', () => {
    process.stderr.write('loading libfast.so.3\n');
    die('SIGBUS');
  }),
  engine('busy', () => {
    for (;;);
  }),
  engine('waiting', () => new Promise(() => setInterval(() => undefined, 1000))),
  engine('exits', () => process.exit(3)),
  engine('broken', () => {
    throw new Error('kaput');
  }),
  engine('absent', () => {
    throw new EngineError('engine absent: not here. Install it with "npm install absent".', {
      notInstalled: true,
    });
  }),
  engine('no-cuda', () => {
    process.stderr.write(
      "Could not load dynamic library 'libcudart.so.11.0'; dlerror: no such file\n" +
        "Could not load dynamic library 'libcudnn.so.8'; dlerror: no such file\n",
    );
    throw new EngineError('engine no-cuda: TensorFlow loaded but found no CUDA device.');
  }),
  engine('dies-training', () => startCpuWith('Conv2D', () => die('SIGSEGV'))),
  engine('wrong', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    const right = tf.getKernel('Relu', 'cpu');
    tf.unregisterKernel('Relu', 'cpu');
    // One wrong kernel: a leaky ReLU where it should be none.
    const leaky = tf.getKernel('LeakyRelu', 'cpu');
    tf.registerKernel({
      ...right,
      kernelFunc: (call) => leaky.kernelFunc({ ...call, attrs: { alpha: 0.1 } }),
    });
  }),
];
