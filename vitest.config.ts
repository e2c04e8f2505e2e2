import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';
import { defineConfig } from 'vitest/config';

// tfjs-core's gradient table is ESM inside a CommonJS package: bundled once, because transforming its hundreds of
// files for every test worker takes longer than the tests.
const gradients = fileURLToPath(
  new URL('node_modules/.cache/segkit/gradients.mjs', import.meta.url),
);
buildSync({
  entryPoints: ['@tensorflow/tfjs-core/dist/register_all_gradients.js'],
  outfile: gradients,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'error',
});

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const packages = [
  'backend-ort',
  'engines',
  'backbones',
  'heads',
  'losses',
  'metrics',
  'data',
  'callbacks',
];

export default defineConfig({
  resolve: {
    alias: [
      { find: '@tensorflow/tfjs-core/dist/register_all_gradients.js', replacement: gradients },
      { find: '@segkit/core', replacement: source('packages/core/src/index.ts') },
      ...packages.map((name) => ({
        find: `@segkit/${name}`,
        replacement: source(`packages/${name}/src/index.ts`),
      })),
      { find: /^segkit$/, replacement: source('packages/segkit/src/index.ts') },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/backend-ort/test-suite/*.test.js',
      'test/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    reporters: ['default', source('test/count-reporter.ts')],
    setupFiles: [source('test/setup.ts')],
    // Modules are shared by the files of a worker: tfjs's registries are global anyway, and load once.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
