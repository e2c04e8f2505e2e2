import { pathToFileURL } from 'node:url';

import { EngineError, messageOf } from '@segkit/core';

import { resolveFromApp } from '../resolve-from-app.js';

const install = 'npm install webgpu @tensorflow/tfjs-backend-webgpu';

/**
 * Imports a package that the `webgpu` engine needs and segkit does not bring.
 * @throws EngineError if it is not installed, or does not load.
 */
export async function loadPackage(
  name: 'webgpu' | '@tensorflow/tfjs-backend-webgpu',
): Promise<unknown> {
  const path = resolveFromApp(name);
  if (path === undefined) {
    throw new EngineError(
      `engine webgpu: the package ${name} is not installed in ${process.cwd()}. ` +
        `Install what the engine needs with "${install}", or choose the engine "ort".`,
      { notInstalled: true },
    );
  }
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n');
    throw new EngineError(
      `engine webgpu: ${name} is installed (${path}) but does not load: ${reason.replace(/\.$/, '')}. ` +
        `Install it again with "${install}", or choose the engine "ort".`,
      { cause },
    );
  }
}
