import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const packages = ['engines', 'backbones', 'heads', 'losses', 'metrics', 'data', 'callbacks'];

export default defineConfig({
  resolve: {
    alias: [
      { find: '@segkit/core/testing', replacement: source('packages/core/src/testing/index.ts') },
      { find: '@segkit/core', replacement: source('packages/core/src/index.ts') },
      ...packages.map((name) => ({
        find: `@segkit/${name}`,
        replacement: source(`packages/${name}/src/index.ts`),
      })),
      { find: /^segkit$/, replacement: source('packages/segkit/src/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    reporters: ['default', source('test/count-reporter.ts')],
    setupFiles: [source('test/setup.ts')],
    // Modules are shared by the files of a worker: tfjs's registries are global anyway, and load once.
    isolate: false,
    maxWorkers: 2,
    server: { deps: { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core)/] } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
