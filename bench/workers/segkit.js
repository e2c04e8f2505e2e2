// segkit's side of a comparison: node segkit.js '{"mode": "training", "net": "unet-16", "threads": 2, "warmUp": 4}'
import { netNamed } from '../nets.js';
import { startEngine } from '../segkit/engine.js';
import { createNetwork, inferenceStep, trainingStep } from '../segkit/network.js';
import { serve } from './serve.js';

const { mode, net, engine, threads, warmUp, warmUpSeconds } = JSON.parse(process.argv[2]);
let stage = 'start';
try {
  const started = await startEngine(engine, threads);
  stage = 'run';
  const importedBytes = process.memoryUsage.rss();
  const network = createNetwork(started.app, netNamed(net));
  await serve({
    step: mode === 'training' ? trainingStep(started.app, network) : inferenceStep(network),
    warmUp,
    warmUpSeconds,
    info: { parameters: network.parameterCount, engine: started.engine, importedBytes },
    stats: started.stats,
  });
} catch (error) {
  // Whoever waits for an answer gets this one.
  console.log(JSON.stringify({ skipped: error.message, stage }));
  process.exitCode = 1;
}
