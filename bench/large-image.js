// `large-image`: peak resident size and speed of `segkit predict` on an image far larger than memory should hold.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createApp, firstParty, openTiledTiff, silentLogger } from 'segkit';

import { BenchError, wholeNumber } from './arguments.js';
import { peakResidentBytesOf } from './processes.js';
import { cells, createReport, note, rounded } from './report.js';

const columns = [
  ['', ({ name }) => name],
  ['megapixels', ({ megapixels }) => String(Math.round(megapixels))],
  ['megapixels/s', ({ megapixelsPerSecond }) => megapixelsPerSecond.toFixed(2)],
  ['peak', ({ peak }) => cells.megabytes(peak)],
  ['of one tile', ({ tilePeak }) => cells.megabytes(tilePeak)],
  ['more', ({ more }) => cells.megabytes(more)],
  ['mode', ({ mode }) => mode],
  ['tiles', ({ tiles }) => String(tiles)],
];

/** A U-Net of two poolings, after a step of training. */
async function trainedRun(folder, engine) {
  const cellsOf = (count) => ({ name: 'synthetic-cells', count, size: 32, radius: 4 });
  const config = {
    engine: { name: engine ?? 'ort' },
    data: {
      labels: { classes: ['background', 'cell'] },
      train: cellsOf(2),
      validation: cellsOf(1),
    },
    model: { backbone: { name: 'cbr', width: 8, depth: 2 }, center: 'cbr', decoder: 'unet' },
    loss: 'ce',
    train: { steps: 1, batchSize: 1 },
    callbacks: ['checkpoint'],
  };
  const app = createApp({ plugins: firstParty, logger: silentLogger });
  await new Promise((resolve, reject) => {
    app.fit(config, { folder }).subscribe({ complete: resolve, error: reject });
  });
  return folder;
}

/** Writes an RGB image of waves. */
async function drawImage(path, size) {
  const writer = await openTiledTiff(path, {
    ...{ height: size, width: size, channels: 3, samples: 'uint8' },
  });
  for (let top = 0; top < size; top += 256) {
    const height = Math.min(256, size - top);
    const data = new Uint8Array(3 * height * size);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < size; x++) {
        const wave = 128 + 90 * Math.sin((top + y) / 17) * Math.cos(x / 23);
        data[at++] = wave;
        data[at++] = 255 - wave;
        data[at++] = (x ^ (top + y)) & 255;
      }
    }
    await writer.write({ height, width: size, channels: 3, data });
  }
  await writer.close();
}

/** Runs the command in a process of its own; what it printed, and its largest size in bytes. */
function predict(run, image, out) {
  const command = fileURLToPath(new URL('../packages/segkit/bin/segkit.js', import.meta.url));
  const child = spawn(process.execPath, [command, 'predict', run, image, '--out', out, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakResidentBytesOf(child.pid) ?? 0);
  }, 50);
  const texts = [];
  child.stdout.on('data', (text) => texts.push(text));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ report: JSON.parse(Buffer.concat(texts).toString()), peak });
      else reject(new BenchError(`segkit predict ended with ${code}.`));
    });
  });
}

/** Peak resident bytes and megapixels per second, beside the peak for an image of a single tile. */
export const largeImage = {
  options: { size: { type: 'string', default: '20000' } },
  run: async ({ json, engine, ...values }) => {
    const size = wholeNumber(values, 'size');
    const folder = await mkdtemp(join(tmpdir(), 'segkit-large-'));
    try {
      const run = await trainedRun(join(folder, 'run'), engine);
      const [large, small] = [join(folder, 'large.tif'), join(folder, 'small.tif')];
      note(`drawing ${size}x${size} pixels`);
      await drawImage(large, size);
      await drawImage(small, 512);
      const tile = await predict(run, small, join(folder, 'maps'));
      const whole = await predict(run, large, join(folder, 'maps'));
      const [{ mode, tiles, seconds, megapixelsPerSecond }] = whole.report.images;
      const report = createReport(json, columns);
      report.add({
        benchmark: 'large-image',
        name: `large-image/${size}`,
        megapixels: rounded(size ** 2 / 1e6),
        megapixelsPerSecond: rounded(megapixelsPerSecond),
        seconds: rounded(seconds),
        ...{ mode, tiles, peak: whole.peak, tilePeak: tile.peak, more: whole.peak - tile.peak },
      });
      report.end();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
