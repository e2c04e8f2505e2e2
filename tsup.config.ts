import { existsSync, readFileSync } from 'node:fs';

import { defineConfig } from 'tsup';

const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };

const entries = {
  index: 'src/index.ts',
  cli: 'src/cli.ts',
  'plugin-module': 'src/cli/plugin-module.ts',
  'engine-probe': 'src/doctor/engine-probe.ts',
  'loader-thread': 'src/loading/threads/loader-thread.ts',
  'check-binding': 'src/tfjs-node/install/check-binding.ts',
};

/**
 * One build for every package: each package's `build` script runs tsup in its own folder with this file.
 * tfjs-core's gradient table is ESM inside a CommonJS package, which Node cannot import, so it is bundled
 * (its copies share tfjs-core's global registries).
 */
export default defineConfig({
  // By name, so that all lie side by side: programs of threads and processes are found beside the code that starts them.
  entry: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: {
    compilerOptions: {
      // A package that merges into its own interfaces finds itself in its sources, and all others as installed.
      paths: { [name]: ['./src/index.ts'] },
      allowImportingTsExtensions: false,
      noEmit: false,
    },
  },
  clean: true,
  splitting: true,
  sourcemap: true,
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
});
