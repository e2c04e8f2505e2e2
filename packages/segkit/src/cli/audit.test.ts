import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { writePng, type AuditReport } from '@segkit/data';
import { expect, test } from 'vitest';

import { fakeTerminal } from './fake-terminal.test-support.js';
import { run } from './run.js';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

const { data } = tinyConfig;
// No model, no loss: an audit is about images.
const config = { data };

test('a sound data set: tables, suggestions, exit code 0', async () => {
  const file = join(temporaryFolder({ 'c.json': JSON.stringify(config) }), 'c.json');
  const { code, out, err } = await segkit('audit', file);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`${file}: 6 images\n`);
  expect(out).toMatch(/│ train +│ +4 │ +16x16 │ +1 │ +- │ +4 │ +0\.0 % │/);
  expect(out).toMatch(/│ background │ +\d+\.\d % │ +4 │ +\d+\.\d % │ +2 │ +\d\.\d\d │ +\d\.\d\d │/);
  expect(out).toMatch(/objects in train .*\n.*\n│ cell +│ +\d+ │/);
  expect(out).toMatch(/\n {2}transforms\.train: \[.*"normalize"/);
  expect(out).toMatch(/\n {2}loss: "\S+"\n {4}\S/);
  expect(out).toMatch(/Nothing speaks against training \(0 errors, 0 warnings\)\.\n$/);
});

test('what is wrong: files, values, leaks; exit code 1; --json and --split', async () => {
  const folder = temporaryFolder({ 'images/b.png': 'no image' });
  const image = (path: string, pixels: readonly number[]) =>
    writePng(join(folder, path), {
      height: 1,
      width: 2,
      channels: 1,
      data: Uint8Array.from(pixels),
    });
  await image('images/a.png', [1, 2]);
  await image('images/c.png', [1, 2]);
  for (const stem of ['a', 'b']) await image(`masks/${stem}.png`, [0, 1]);
  await image('masks/c.png', [0, 9]);
  const part = (...files: readonly string[]) => ({ name: 'image-folder', root: '.', files });
  const damaged = {
    data: { labels: data.labels, train: part('a', 'b'), validation: part('c'), test: part('x') },
  };
  writeFileSync(join(folder, 'c.json'), JSON.stringify(damaged));
  const file = join(folder, 'c.json');

  const { code, out, err } = await segkit('audit', file);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(
    /error \(train\): 1 of 2 images cannot be read\n {4}\S+b\.png: expected a PNG/,
  );
  expect(out).toMatch(
    /error \(validation\): masks hold values outside the classes: 9.*\n.*c\.png: 9/,
  );
  expect(out).toMatch(/error \(test\): .*expected every image that files names, found none for x/);
  expect(out).toMatch(/error \(train, validation\): 1 image in more than one split/);
  expect(out).toMatch(/Do not train yet: 4 errors, 2 warnings\.\n$/);

  const json = await segkit('audit', file, '--split', 'validation', '--json');
  expect(json.code).toBe(1);
  const report = JSON.parse(json.out) as AuditReport;
  expect(report.splits.map(({ name }) => name)).toEqual(['validation']);
  expect(report.findings.map(({ kind }) => kind)).toEqual(['values', 'missing-class']);
  expect((await segkit('audit', file, '--split', 'valid')).code).toBe(2);
  expect((await segkit('audit', 'preset:unet-bn')).code).toBe(2);
});

test('a bar on a terminal, none with --json', async () => {
  const file = join(temporaryFolder({ 'c.json': JSON.stringify(config) }), 'c.json');
  const drawn = async (...argv: readonly string[]) => {
    const progress = new PassThrough({ encoding: 'utf8' });
    const stream = Object.assign(progress, { isTTY: true, cursorTo: noop, clearLine: noop });
    await run(['audit', file, ...argv], { ...fakeTerminal(), progress: stream });
    return String(progress.read());
  };
  expect(await drawn()).toContain('reading [');
  expect(await drawn('--json')).toBe('null');
});

function noop(): boolean {
  return true;
}
