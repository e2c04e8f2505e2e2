// Border weight maps of real, touching objects beside SciPy's. Needs the nuclei set of SEGKIT_DATA.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createApp, firstParty, readMask, silentLogger } from 'segkit';
import { describe, expect, test } from 'vitest';

const data =
  process.env['SEGKIT_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const folder = join(data, 'nuclei_dsb2018', 'instances');
const present = existsSync(folder);
if (!present) console.info(`skipped: there is no ${folder}; point SEGKIT_DATA to the data sets.`);

interface Expected {
  readonly sum: number;
  readonly pixels: readonly number[];
  readonly weights: readonly number[];
}

/** Made by `oracles/weight_map.py nuclei`: w0 10, sigma 5, with class balance. */
const fixture = new URL('../oracles/fixtures/weight-map-nuclei.json', import.meta.url);
const expected = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, Expected>;

const { registry, parseConfig } = createApp({ plugins: firstParty, logger: silentLogger });
const { data: parsed, loss: spec } = parseConfig({
  data: { labels: { classes: ['background', 'nucleus'] }, train: 'synthetic-cells' },
  model: { backbone: 'cbr', decoder: 'unet' },
  loss: 'weighted-border-ce',
  train: { steps: 1 },
});
const loss = registry.create('loss', spec, parsed);

describe.runIf(present)('border weights of the nuclei set', () => {
  test('equal SciPy on all 220 images', async () => {
    expect(Object.keys(expected)).toHaveLength(220);
    for (const [name, { sum, pixels, weights }] of Object.entries(expected)) {
      const { height, width, data: ids } = await readMask(join(folder, `${name}.png`));
      const raster = { height, width, channels: 1 };
      const map = loss.weightMap?.(
        { ...raster, data: Int32Array.from(ids, (id) => Number(id > 0)) },
        { ...raster, data: Int32Array.from(ids) },
      );
      const found = pixels.map((pixel) => map?.data[pixel] ?? Number.NaN);
      expect(found, name).toBeAllClose(weights, { rtol: 1e-5, atol: 1e-5 });
      const total = map?.data.reduce((all, weight) => all + weight, 0) ?? Number.NaN;
      // Every weight is rounded to float32, to 6e-8 of itself.
      expect(Math.abs(total - sum) / sum, name).toBeLessThan(1e-6);
    }
  });
});
