import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { installError } from './tensorflow-source.js';

/** What a build needs besides the npm package. */
export interface BuildTools {
  /** node-gyp's program. */
  readonly nodeGyp: string;
  /** Folder above `include/node` of a Node's headers; `undefined` leaves them to node-gyp, which downloads them. */
  readonly nodeHeaders: string | undefined;
}

const runs = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** Every tool that node-gyp runs, and how it may be called. */
const programs: Readonly<Record<string, readonly string[]>> = {
  python3: [process.env['npm_config_python'] ?? process.env['PYTHON'] ?? 'python3', 'python'],
  make: [process.env['MAKE'] ?? 'make'],
  'a C++ compiler': [process.env['CXX'] ?? 'c++', 'g++', 'clang++'],
};

/** npm's own folder: of the npm that runs us, or of one on the search path or beside Node. */
function npmFolders(): string[] {
  const programsOnPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'npm'));
  const found = [process.env['npm_execpath'] ?? '', ...programsOnPath]
    .filter((path) => path !== '' && existsSync(path))
    .map((path) => dirname(dirname(realpathSync(path))));
  return [...found, resolve(dirname(process.execPath), '../lib/node_modules/npm')];
}

/** node-gyp of the app or, failing that, the one that npm brings. */
function findNodeGyp(app: string): string | undefined {
  try {
    const { resolve: find } = createRequire(pathToFileURL(join(app, 'package.json')));
    return find('node-gyp/bin/node-gyp.js');
  } catch {
    return npmFolders()
      .map((folder) => join(folder, 'node_modules/node-gyp/bin/node-gyp.js'))
      .find((path) => existsSync(path));
  }
}

const holdsHeaders = (folder: string): boolean =>
  existsSync(join(folder, 'include/node/node_api.h'));

/**
 * Node's headers: those that the user names, that npm is configured with, or that lie beside the running Node.
 * @returns The folder above `include/node`; `undefined` if there are none.
 * @throws EngineError if there are none where the user says.
 */
export function findHeaders(given: string | undefined): string | undefined {
  if (given !== undefined) {
    if (holdsHeaders(given)) return resolve(given);
    throw installError(
      `--node-headers: ${given} must hold include/node/node_api.h, as the folder of an unpacked Node does.`,
    );
  }
  const configured = process.env['npm_config_nodedir'];
  const beside = dirname(dirname(realpathSync(process.execPath)));
  return [configured, beside].find((folder) => folder !== undefined && holdsHeaders(folder));
}

/**
 * Finds what builds the binding.
 * @param app - Folder of the user's app.
 * @param nodeHeaders - Folder above `include/node`, as the user gave it.
 * @throws EngineError naming every tool that is missing, and what installs it.
 */
export function findBuildTools(app: string, nodeHeaders: string | undefined): BuildTools {
  const missing = Object.entries(programs)
    .filter(([, commands]) => !commands.some(runs))
    .map(([name]) => name);
  if (missing.length > 0) {
    throw installError(
      `building the binding needs ${missing.join(' and ')}, which is not there; on Debian and Ubuntu: ` +
        'apt-get install python3 make g++.',
    );
  }
  const nodeGyp = findNodeGyp(app);
  if (nodeGyp === undefined) {
    throw installError(
      'building the binding needs node-gyp, which npm brings, but no npm was found; run "npm install node-gyp".',
    );
  }
  return { nodeGyp, nodeHeaders: findHeaders(nodeHeaders) };
}
