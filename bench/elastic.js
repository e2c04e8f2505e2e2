// Milliseconds of the transform `elastic` on a 512x512 image with labels, by the builds: node bench/elastic.js
import { createApp, randomStream, silentLogger } from '@segkit/core';
import { elastic } from '@segkit/data';

const side = 512;
const labels = { classes: [], ignoreIndex: 255, ignoreValues: [] };
const { registry } = createApp({ plugins: [elastic], logger: silentLogger });
const shape = { height: side, width: side, channels: 1 };
const sample = {
  id: 'noise',
  image: { ...shape, data: new Float32Array(side * side).map(Math.random) },
  labels: { ...shape, data: new Int32Array(side * side).map((_, i) => i % 7) },
};

for (const field of ['grid', 'smooth']) {
  const spec = { name: 'elastic', ...registry.schemaOf(elastic).parse({ field }) };
  const transform = registry.create('transform', spec, { labels }, { path: 'elastic' });
  const times = Array.from({ length: 41 }, (_, seed) => {
    const start = performance.now();
    transform.apply(sample, randomStream(seed));
    return performance.now() - start;
  });
  const [fastest, median] = [0, 20].map((rank) => times.toSorted((a, b) => a - b)[rank].toFixed(1));
  console.log(`${field.padEnd(7)} median ${median} ms, fastest ${fastest} ms`);
}
