import { existsSync } from 'node:fs';

import { defineConfig } from 'tsup';

/**
 * One build for every package: each package's `build` script runs tsup in its own folder with this file.
 * tfjs-core's gradient table is ESM inside a CommonJS package, which Node cannot import, so it is bundled
 * (its copies share tfjs-core's global registries).
 */
export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts', 'src/testing/index.ts'].filter((path) => existsSync(path)),
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: { compilerOptions: { paths: {}, allowImportingTsExtensions: false, noEmit: false } },
  clean: true,
  splitting: true,
  sourcemap: true,
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
});
