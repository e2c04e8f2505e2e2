import { spawn } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bindingFile, napiVersion } from './binding-folder.js';
import type { BuildTools } from './build-tools.js';
import { installError } from './tensorflow-source.js';

/** Our source that goes into the binding, and what tells node-gyp of it: in this package, beside `src` and `dist`. */
const queueFiles = ['operation-queue.cc', 'operation-queue.gypi'] as const;

function sourceOf(file: string): string {
  const { url } = import.meta;
  return fileURLToPath(new URL(`${url.endsWith('.ts') ? '../../../' : '../'}native/${file}`, url));
}

/**
 * Builds a binding from its sources with node-gyp, and puts our queue of operations into it.
 * @param folder - Holds `binding.gyp`, the sources, and TensorFlow in `deps`; the binding goes to `lib`.
 * @throws EngineError with the compiler's first errors, or with what to do without Node's headers.
 */
export async function buildBinding(
  folder: string,
  { nodeGyp, nodeHeaders }: BuildTools,
): Promise<void> {
  for (const file of queueFiles) await copyFile(sourceOf(file), join(folder, file));
  const { code, output } = await run(process.execPath, folder, [
    nodeGyp,
    'rebuild',
    ...(nodeHeaders === undefined ? [] : [`--nodedir=${nodeHeaders}`]),
    // What the npm package's own install script would say.
    '--module_name=tfjs_binding',
    `--module_path=${join(folder, bindingFile, '..')}`,
    `--napi_version=${process.versions.napi}`,
    `--napi_build_version=${String(napiVersion)}`,
    '--',
    `-I${join(folder, queueFiles[1])}`,
  ]);
  if (code === 0) return;
  if (nodeHeaders === undefined && /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|headers/i.test(output)) {
    throw installError(
      `the headers of Node ${process.version} are not beside ${process.execPath}, and node-gyp cannot download them; ` +
        'give the folder above include/node of any Node, 18 or newer, as --node-headers (Debian and Ubuntu: ' +
        'apt-get install libnode-dev, then --node-headers /usr; or unpack node-v*-headers.tar.gz of nodejs.org/dist).',
    );
  }
  const errors = output.split('\n').filter((line) => /error|ERR!/i.test(line));
  throw installError(`the binding does not build:\n${errors.slice(0, 12).join('\n')}`);
}

function run(
  command: string,
  cwd: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-200_000);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}
