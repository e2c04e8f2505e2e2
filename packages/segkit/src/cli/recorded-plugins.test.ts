import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

// A module without imports: packages cannot be resolved from a temporary folder.
const negate = `export const negate = {
  kind: 'transform',
  name: 'negate',
  description: 'Turns bright into dark.',
  schema: () => ({ shape: {}, safeParse: () => ({ success: true, data: {} }) }),
  create: () => ({
    apply: (sample) => ({ ...sample, image: { ...sample.image, data: sample.image.data.map((v: number) => 1 - v) } }),
  }),
};`;
const config = {
  ...tinyConfig,
  plugins: ['./negate.ts'],
  transforms: { train: ['negate'], validation: ['negate'] },
};

test('evaluating a run registers the plugins of its config again', async () => {
  const folder = temporaryFolder({
    'negate.ts': negate,
    'c.json': JSON.stringify(config),
  });
  const file = join(folder, 'c.json');
  const trained = await segkit(
    ...['train', file, '--out', join(folder, 'runs'), '--name', 'a', '--quiet'],
    ...['--set', 'train.steps=1'],
  );
  expect(trained).toMatchObject({ code: 0, err: '' });
  const run = join(folder, 'runs/a');
  expect(await segkit('evaluate', run, '--json')).toMatchObject({ code: 0, err: '' });

  // Changed since, and wrong: a warning, and the plugins have to be given.
  await rename(file, join(folder, 'old.json'));
  await writeFile(file, '{ "plugins": ["./no-such.ts"] }');
  const plugin = ['--plugin', join(folder, 'negate.ts')];
  const warned = await segkit('evaluate', run, '--json', ...plugin);
  expect(warned.code).toBe(0);
  expect(warned.err).toMatch(/^warning: the run's plugins were not loaded: .*no-such\.ts/);

  await rm(file);
  const unknown = await segkit('evaluate', run, '--json');
  expect(unknown).toMatchObject({ code: 2, out: '' });
  expect(unknown.err).toMatch(/unknown transform "negate"/);
  expect(unknown.err).toContain(`${file}, which is gone`);
  expect(unknown.err).toMatch(/give their module by --plugin\.\n$/);
  expect(await segkit('evaluate', run, '--json', ...plugin)).toMatchObject({ code: 0, err: '' });
});
