import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Where the program of the loader's threads lies: beside this module, in the sources as in a build. The sources, which
 * tests run, are TypeScript, and a thread starts with Node's own loader: there tsx is registered first.
 */
export function threadProgram(): URL {
  const { url } = import.meta;
  if (!url.endsWith('.ts')) return new URL('loader-thread.js', url);
  const program = new URL('loader-thread.ts', url);
  const tsx = dirname(createRequire(url).resolve('tsx/package.json'));
  const api = pathToFileURL(join(tsx, 'dist/esm/api/index.mjs')).href;
  const tsconfig = fileURLToPath(new URL('../../../../../tsconfig.source.json', url));
  const code = `
    import { register } from ${JSON.stringify(api)};
    register({ tsconfig: ${JSON.stringify(tsconfig)} });
    await import(${JSON.stringify(program.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
