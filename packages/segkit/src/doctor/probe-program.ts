import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The program that tries an engine, and the options of Node that it needs. It lies beside this code in a build; the sources, in
 * which tests run, are TypeScript that tsx reads.
 */
export function probeProgram(): { readonly program: string; readonly execArgv: string[] } {
  const { url } = import.meta;
  if (!url.endsWith('.ts')) {
    return { program: fileURLToPath(new URL('engine-probe.js', url)), execArgv: [] };
  }
  const tsx = dirname(createRequire(url).resolve('tsx/package.json'));
  return {
    program: fileURLToPath(new URL('engine-probe.ts', url)),
    execArgv: ['--import', pathToFileURL(join(tsx, 'dist/esm/index.mjs')).href],
  };
}
