// Milliseconds of the border weight map of a 512x512 image with 100 objects, by the builds: node bench/weight-map.js
import { createApp, silentLogger } from '@segkit/core';
import { losses } from '@segkit/losses';

const side = 512;
const labels = { classes: [{}, {}], ignoreIndex: 255, ignoreValues: [] };
const { registry } = createApp({ plugins: losses, logger: silentLogger });
const spec = registry.spec('loss').parse('weighted-border-ce');
const loss = registry.create('loss', spec, { labels });

/** Ten by ten discs of 14 to 21 pixels of radius, some of which touch. */
const ids = new Int32Array(side * side);
for (let disc = 0; disc < 100; disc++) {
  const [y, x] = [Math.floor(disc / 10), disc % 10].map((place) => (place + 0.5) * (side / 10));
  const radius = 14 + (disc % 8) * 1.6;
  for (let i = 0; i < ids.length; i++) {
    if ((Math.floor(i / side) - y) ** 2 + ((i % side) - x) ** 2 <= radius ** 2) ids[i] = disc + 1;
  }
}
const shape = { height: side, width: side, channels: 1 };
const classes = { ...shape, data: ids.map((id) => Math.min(id, 1)) };

const times = Array.from({ length: 21 }, () => {
  const start = performance.now();
  loss.weightMap(classes, { ...shape, data: ids });
  return performance.now() - start;
}).sort((a, b) => a - b);
console.log(`median ${times[10].toFixed(0)} ms, fastest ${times[0].toFixed(0)} ms`);
