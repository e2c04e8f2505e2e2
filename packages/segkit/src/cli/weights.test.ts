import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readWeights, writeTensors, type NamedArrays } from '@segkit/core';
import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

/** A trained run of the tiny network, and its weights. */
async function trainedRun() {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const config = join(folder, 'c.json');
  await segkit('train', config, '--out', join(folder, 'runs'), '--quiet');
  const run = join(folder, 'runs', basename(folder));
  const weights = await readWeights(join(run, 'checkpoints/step-2.safetensors'));
  return { folder, config, run, weights };
}

const renamed = (weights: NamedArrays, rename: (name: string) => string): NamedArrays =>
  new Map([...weights].map(([name, array]) => [rename(name), array]));

test('what is exported and imported again is the same, number for number', async () => {
  const { folder, config, run, weights } = await trainedRun();
  const exported = join(folder, 'new/exported.safetensors');
  const { code, out } = await segkit('export-weights', run, '--out', exported);
  expect({ code, out }).toEqual({
    code: 0,
    out: `${exported}: ${String(weights.size)} arrays, ${String(
      [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    )} values\n`,
  });
  expect(await readWeights(exported)).toEqual(weights);

  const imported = join(folder, 'imported.safetensors');
  const args = ['--config', config, '--out', imported, '--json'];
  const result = await segkit('import', exported, ...args);
  expect(result).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(result.out)).toMatchObject({
    out: imported,
    matched: [...weights.keys()],
    missing: [],
    leftOver: [],
    share: 1,
  });
  expect(await readWeights(imported)).toEqual(weights);
});

test('imports as a run, which can be evaluated', async () => {
  const { folder, config, run, weights } = await trainedRun();
  const exported = join(folder, 'exported.safetensors');
  await segkit('export-weights', run, '--out', exported);
  const imported = join(folder, 'runs/imported');
  const args = ['import', exported, '--config', config, '--out', imported];
  const { code, out } = await segkit(...args);
  expect(code).toBe(0);
  expect(out).toContain(`Run: ${imported}\n`);
  expect((await segkit(...args)).out).toContain(`Run: ${imported}-2\n`);
  expect(await readWeights(join(imported, 'checkpoints/step-0.safetensors'))).toEqual(weights);
  const scoresOf = async (path: string) =>
    (await segkit('evaluate', path, '--checkpoint', 'last', '--json')).out;
  expect(await scoresOf(imported)).toBe(await scoresOf(run));
});

test('imports under other names', async () => {
  const { folder, config, weights } = await trainedRun();
  const file = join(folder, 'foreign.safetensors');
  const foreign = renamed(weights, (name) => `net.${name.replace(/^backbone\./, 'encoder.')}`);
  const counter = { shape: [], data: Float32Array.of(3) };
  await writeTensors(file, new Map([...foreign, ['net.encoder.num_batches_tracked', counter]]));
  const out = join(folder, 'out.safetensors');
  const args = ['import', file, '--config', config, '--out', out];

  const wrong = await segkit(...args);
  expect(wrong.code).toBe(1);
  expect(wrong.err).toMatch(/holds .* % of the network's values .*\n {2}backbone\./);
  const rename = ['--rename', 'net.encoder.=net.backbone.'];
  const { code, out: said } = await segkit(...args, ...rename);
  expect({ code, said }).toEqual({
    code: 0,
    said:
      `weights ${file}: ${String(weights.size)} of ${String(weights.size)} arrays matched under "net."\n` +
      `Checkpoint: ${out}\n`,
  });
  expect(await readWeights(out)).toEqual(weights);
  expect((await segkit(...args, '--rename', 'nothing')).code).toBe(2);
  expect((await segkit(...args, '--minimum', '2')).code).toBe(2);
});

test('imports a part, by choice; the rest keeps its first weights', async () => {
  const { folder, config, weights } = await trainedRun();
  const file = join(folder, 'part.safetensors');
  await writeTensors(file, new Map([...weights].filter(([name]) => name.startsWith('backbone.'))));
  const out = join(folder, 'out.safetensors');
  const args = ['import', file, '--config', config, '--out', out, '--minimum', '0.1'];
  const { code, out: said } = await segkit(...args);
  expect(code).toBe(0);
  expect(said).toContain('kept at their first values: center.');
  const imported = await readWeights(out);
  expect([...imported.keys()]).toEqual([...weights.keys()]);
  expect(imported.get('head.conv.weight')).not.toEqual(weights.get('head.conv.weight'));
});

test('exports a part, and any file of weights', async () => {
  const { folder, run, weights } = await trainedRun();
  const out = join(folder, 'backbone.safetensors');
  await segkit('export-weights', run, '--prefix', 'backbone.', '--out', out);
  const part = [...weights].filter(([name]) => name.startsWith('backbone.'));
  expect(await readWeights(out)).toEqual(
    renamed(new Map(part), (name) => name.slice('backbone.'.length)),
  );
  const none = await segkit('export-weights', run, '--prefix', 'encoder.', '--out', out);
  expect(none.code).toBe(1);
  expect(none.err).toContain('they start with backbone., center., decoder., head.');

  const fixtures = new URL('../../../../oracles/fixtures/weights/', import.meta.url);
  const path = fileURLToPath(new URL('views-legacy.bin', fixtures));
  const { out: said } = await segkit('export-weights', path, '--out', out, '--json');
  expect(JSON.parse(said)).toMatchObject({ out, arrays: 9 });
  expect(await readWeights(out)).toEqual(await readWeights(path));
  expect(readFileSync(out).includes('"format":"pt"')).toBe(true);
  expect((await segkit('export-weights', join(folder, 'none'), '--out', out)).code).toBe(1);
});
