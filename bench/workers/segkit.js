// segkit's side of a comparison: node segkit.js '{"mode": "training", "net": "unet-16", "threads": 2, "warmUp": 4}'
import { netNamed } from '../nets.js';
import { startEngine } from '../segkit/engine.js';
import { createNetwork, inferenceStep, trainingStep } from '../segkit/network.js';
import { serve } from './serve.js';

const { mode, net, engine, threads, warmUp } = JSON.parse(process.argv[2]);
const started = await startEngine(engine, threads);
const importedBytes = process.memoryUsage.rss();
const network = createNetwork(started.app, netNamed(net));
await serve({
  step: mode === 'training' ? trainingStep(started.app, network) : inferenceStep(network),
  warmUp,
  info: { parameters: network.parameterCount, engine: started.engine, importedBytes },
  stats: started.stats,
});
