import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { installError, type TensorflowSource } from './tensorflow-source.js';

/** What the binding's sources and `binding.gyp` ask for. */
const roots = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/core/platform/ctstring_internal.h',
];
/** TensorFlow 2.21's C API takes 13. */
const countLimit = 500;
const includeLine = /^\s*#\s*include\s*"([^"]+)"/gm;
const plainPath = /^[\w-]+(?:\/[\w-][\w.-]*)*\.h$/;

/**
 * Copies the headers of the C API with all that they include.
 * @param to - The folder of headers.
 * @throws EngineError if the source lacks the first of them, or one names a path that leads out of the folder.
 */
export async function copyHeaders(source: TensorflowSource, to: string): Promise<void> {
  const seen = new Set(roots);
  // Grows while it is gone through.
  for (const path of seen) {
    const text = await source.readHeader(path);
    if (text === undefined) {
      if (!roots.includes(path)) continue;
      // Releases of libtensorflow before 2.9 had no header of its own for strings.
      if (path === roots[2]) continue;
      throw installError(`${source.label} holds no header ${path}.`);
    }
    const file = join(to, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    for (const [, included = ''] of text.matchAll(includeLine)) {
      if (!plainPath.test(included)) {
        throw installError(
          `${source.label}: ${path} includes "${included}", which is no plain path.`,
        );
      }
      seen.add(included);
    }
    if (seen.size > countLimit) {
      throw installError(
        `${source.label}: its headers include more than ${String(countLimit)} others.`,
      );
    }
  }
}
