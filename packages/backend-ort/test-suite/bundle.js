import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { findBackend } from './backends.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const distFolder = (name) => join(dirname(require.resolve(`${name}/package.json`)), 'dist');
const core = distFolder('@tensorflow/tfjs-core');

/** The tests' files below tfjs-core's dist, in the order of its own `tests.js`. */
function testFiles() {
  const list = readFileSync(join(core, 'tests.js'), 'utf8');
  const files = [...list.matchAll(/^import '\.\/(.+)';/gm)].map(([, path]) => `${path}.js`);
  const shipped = readdirSync(core, { recursive: true }).map((path) => path.replaceAll('\\', '/'));
  const missing = shipped.filter((path) => path.endsWith('_test.js') && !files.includes(path));
  if (missing.length > 0) throw new Error(`tfjs-core's tests.js lacks ${missing.join(', ')}.`);
  return files;
}

/** Imports of tfjs packages by name lead to the same ES modules that the tests import by relative paths. */
const oneCopy = {
  name: 'one-copy',
  setup({ onResolve }) {
    onResolve({ filter: /^@tensorflow\/tfjs-(core|backend-cpu|backend-wasm)$/ }, ({ path }) => ({
      path: join(distFolder(path), 'index.js'),
    }));
  },
};

/** Every test file says its name when it defines its tests. */
const sayFile = {
  name: 'say-file',
  setup({ onLoad }) {
    onLoad({ filter: /tfjs-core[\\/]dist[\\/].*_test\.js$/ }, ({ path }) => {
      const file = JSON.stringify(relative(core, path).replaceAll('\\', '/'));
      // On the first line, so that source maps stay right.
      return { contents: `globalThis.tfjsTestFile = ${file};${readFileSync(path, 'utf8')}` };
    });
  },
};

/** The module `tfjs-core-tests` is all the given files. */
const testsModule = (files) => ({
  name: 'tests-module',
  setup({ onResolve, onLoad }) {
    const namespace = 'tests-module';
    onResolve({ filter: /^tfjs-core-tests$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, () => ({
      contents: files.map((path) => `import './${path}';`).join('\n'),
      resolveDir: core,
    }));
  },
});

/** CommonJS's names: tfjs-core and Jasmine's import need `require`, the wasm backend finds its files by the others. */
function banner(backend) {
  const lines = [
    `import { createRequire as requireOfBundle } from 'node:module';`,
    `const require = requireOfBundle(import.meta.url);`,
  ];
  if (backend === 'wasm') {
    const folder = join(distFolder('@tensorflow/tfjs-backend-wasm'), '../wasm-out');
    lines.push(`const __dirname = ${JSON.stringify(folder)};`);
    lines.push(`const __filename = ${JSON.stringify(join(folder, 'bundle.js'))};`);
  }
  return lines.join('\n');
}

/**
 * Bundles a backend and tfjs-core's tests around one copy of tfjs-core, as an ES module that registers the backend, the
 * gradients and the chained methods when imported, and exports tfjs-core's `ENGINE` and `jasmine_util`, and `defineTests()`.
 * @param {{ backend: string, file?: string, sourceMaps?: boolean }} options - `file`: a part of the wanted files' paths.
 * @returns {Promise<string>} The bundle's path, in a folder where the packages that stay outside are found.
 * @throws Error if no test file has `file` in its path, or two copies of tfjs-core got in.
 */
export async function bundleTests({ backend, file = '', sourceMaps = false }) {
  const files = testFiles().filter((path) => path.includes(file));
  if (files.length === 0) throw new Error(`--file: no test file has "${file}" in its path.`);
  const outfile = join(
    packageFolder,
    `node_modules/.cache/segkit/tfjs-tests-${backend}-${process.pid}.mjs`,
  );
  const { metafile } = await build({
    stdin: {
      contents: `
        export { ENGINE } from '@tensorflow/tfjs-core/dist/engine.js';
        export * from '@tensorflow/tfjs-core/dist/jasmine_util.js';
        import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
        import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
        import ${JSON.stringify(findBackend(backend).module)};
        export const defineTests = () => import('tfjs-core-tests');`,
      resolveDir: packageFolder,
    },
    plugins: [oneCopy, sayFile, testsModule(files)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['jasmine-core', 'onnxruntime-node', '@tensorflow/tfjs-node', 'webgpu'],
    banner: { js: banner(backend) },
    // tfjs-core's package.json calls its tests free of side effects.
    ignoreAnnotations: true,
    sourcemap: sourceMaps,
    metafile: true,
    logLevel: 'error',
  });
  const second = Object.keys(metafile.inputs).find((path) => /tf-(core|backend-\w+)\./.test(path));
  if (second !== undefined) throw new Error(`${second} is a second copy of a tfjs package.`);
  return outfile;
}
