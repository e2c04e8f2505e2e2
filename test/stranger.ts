import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildIfStale, packAll, root, runCommand } from './packed.js';

/** What onnxruntime-node's install script wants to download is out of reach, and nobody told it to skip that. */
const registryOnly: NodeJS.ProcessEnv = {
  GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
  ONNXRUNTIME_NODE_INSTALL: undefined,
  ONNXRUNTIME_NODE_INSTALL_CUDA: undefined,
  npm_config_onnxruntime_node_install: undefined,
};

/**
 * Packs the packages and makes the folder of somebody who wants them: a manifest and a few programs. Installs nothing yet.
 * @returns The folder.
 */
export async function arrive(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'segkit-consumer-'));
  await buildIfStale();
  const tarballs = join(folder, 'tarballs');
  await mkdir(tarballs);
  const packages = await packAll(tarballs);
  const dependencies = Object.fromEntries(
    [...packages].map(([name, path]) => [name, `file:${path}`] as const),
  );
  const manifest = {
    name: 'a-stranger',
    private: true,
    type: 'module',
    dependencies: { ...dependencies, '@tensorflow/tfjs-core': '^4.22.0', zod: '^4.6.0' },
    devDependencies: { '@types/node': '^20.19.0', typescript: '5.9.3' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await cp(join(root, 'test', 'consumer'), folder, { recursive: true });
  return folder;
}

/** `npm install` on a machine that reaches the npm registry only. */
export async function install(folder: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund'];
  await runCommand('npm', args, folder, { ...registryOnly, ...environment });
}
