import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { version } from '../../../package.json';

/** What matters to engines, beside segkit itself. */
const packages = [
  '@segkit/core',
  '@segkit/engines',
  '@segkit/backend-ort',
  '@tensorflow/tfjs-core',
  'onnxruntime-node',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-backend-webgpu',
  'webgpu',
] as const;

/**
 * Versions of segkit and of the packages that engines are made of, as far as they are installed in the working directory's app
 * or beside segkit.
 */
export function packageVersions(): Readonly<Record<string, string>> {
  const versions: Record<string, string> = { segkit: version };
  const origins = [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url];
  for (const name of packages) {
    const manifest = findManifest(name, origins);
    if (manifest === undefined) continue;
    versions[name] = versionIn(manifest);
    // What a package brings along may lie below it.
    if (name.startsWith('@segkit/')) origins.push(pathToFileURL(manifest).href);
  }
  return versions;
}

/** Searched for by hand: a package need not export its manifest. */
function findManifest(name: string, origins: readonly string[]): string | undefined {
  return origins
    .flatMap((origin) => createRequire(origin).resolve.paths(name) ?? [])
    .map((folder) => join(folder, name, 'package.json'))
    .find((path) => existsSync(path));
}

function versionIn(manifest: string): string {
  try {
    const content = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version?: unknown };
    return typeof content.version === 'string' ? content.version : 'unknown';
  } catch {
    return 'unreadable';
  }
}
