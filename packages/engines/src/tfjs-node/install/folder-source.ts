import { constants } from 'node:fs';
import { copyFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { libraryNames } from './libraries.js';
import { installError, type TensorflowSource } from './tensorflow-source.js';

/** Bytes of a file, through links; `undefined` if there is none. */
async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}

/** The libraries in a folder, each with where it is. */
async function librariesIn(folder: string): Promise<Map<string, { path: string; bytes: number }>> {
  const found = new Map<string, { path: string; bytes: number }>();
  for (const name of libraryNames) {
    const path = join(folder, name);
    const bytes = await sizeOf(path);
    if (bytes !== undefined) found.set(name, { path, bytes });
  }
  return found;
}

/**
 * A folder as a source: that of an installed TensorFlow (`site-packages/tensorflow`, or the one above), or of an unpacked
 * archive of libtensorflow (`lib` and `include`).
 * @throws EngineError if there is no such folder.
 */
export async function openFolder(folder: string): Promise<TensorflowSource> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw installError(`there is no folder ${folder}.`);
  const roots = [folder, join(folder, 'tensorflow')];
  let libraries: Awaited<ReturnType<typeof librariesIn>> = new Map();
  let include = join(folder, 'include');
  for (const root of roots) {
    for (const place of [root, join(root, 'lib')]) {
      if (libraries.size > 0) break;
      libraries = await librariesIn(place);
      include = join(root, 'include');
    }
  }
  return {
    label: folder,
    libraries: new Map([...libraries].map(([name, { bytes }]) => [name, bytes])),
    readHeader: async (path) => {
      const file = join(include, path);
      return (await sizeOf(file)) === undefined ? undefined : readFile(file, 'utf8');
    },
    copyLibrary: async (name, to) => {
      const { path } = libraries.get(name) ?? {};
      if (path === undefined) throw installError(`${folder} holds no ${name}.`);
      await copyFile(path, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    },
    close: () => Promise.resolve(),
  };
}
