import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Vitest compiles TypeScript by itself, so this runs in a Node of its own.
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-typescript-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  buildSync({
    entryPoints: [fileURLToPath(new URL('import-typescript.ts', import.meta.url))],
    outfile: join(folder, 'loader.mjs'),
    format: 'esm',
  });
  const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(tsx, join(folder, 'node_modules/tsx'));
  write('node_modules/parts/package.json', '{ "type": "module", "exports": "./index.js" }');
  write('node_modules/parts/index.js', 'export class Part {}');
  // An alias that would send "parts" elsewhere if it applied.
  write('tsconfig.json', '{ "compilerOptions": { "paths": { "parts": ["./alias.ts"] } } }');
  const config = `import { Part } from 'parts';
import type { Nothing } from 'nowhere';
import { width } from './width.ts';
import { depth } from './depth.js';
export default { Part, width, depth };`;
  for (const [place, manifest] of [
    ['untyped', '{}'],
    ['commonjs', '{ "type": "commonjs" }'],
    ['esm', '{ "type": "module" }'],
  ] as const) {
    write(`${place}/package.json`, manifest);
    write(`${place}/segkit.config.ts`, config);
    write(`${place}/width.ts`, 'export const width: number = 16;');
    write(`${place}/depth.ts`, 'export const depth: number = 4;');
  }
  write(
    'main.mjs',
    `import { Part } from 'parts';
import { importTypeScript } from './loader.mjs';
const results = [];
for (const place of ['untyped', 'commonjs', 'esm']) {
  const { default: config } = await importTypeScript(new URL(place + '/segkit.config.ts', import.meta.url).href);
  results.push({ place, width: config.width, depth: config.depth, same: config.Part === Part });
}
console.log(JSON.stringify(results));`,
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('TypeScript gets the same instances of packages, whatever the "type" of its package', () => {
  const output = execFileSync(process.execPath, [join(folder, 'main.mjs')], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(JSON.parse(output)).toEqual(
    ['untyped', 'commonjs', 'esm'].map((place) => ({ place, width: 16, depth: 4, same: true })),
  );
});
