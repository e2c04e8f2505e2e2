import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { onTestFinished } from 'vitest';

/** Files by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A folder with these files that is gone after the test. */
export function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'segkit-tensorflow-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A zip archive of files that are not compressed, in the given order; equal names may come twice. */
export function zipOf(
  files: readonly (readonly [path: string, content: string | Buffer])[],
): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path);
    const data = Buffer.from(content);
    // Version, flags, method, time, date, CRC-32, both sizes, length of the name, and none of the extra field.
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, data]);
    // Comment, disk, attributes and the place of the local header.
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

/** What looks like a library for a processor: the start of an ELF header. */
export function elf(machine = process.arch === 'arm64' ? 183 : 62): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  return header;
}

/** The least that a TensorFlow has; `top` is the folder of the headers. */
export const tensorflowFiles: Files = {
  'libtensorflow_cc.so.2': elf(),
  'libtensorflow_framework.so.2': elf(),
  'include/tensorflow/c/c_api.h': '#include "tensorflow/c/tf_status.h"\n#include <stddef.h>\n',
  'include/tensorflow/c/tf_status.h': '  # include "xla/tsl/c/tsl_status.h"\n',
  'include/tensorflow/c/eager/c_api.h': '#include "tensorflow/c/c_api.h"\n',
  'include/xla/tsl/c/tsl_status.h': '// no more\n',
  'include/tensorflow/core/platform/ctstring_internal.h': '#include "not/shipped.h"\n',
  'include/unused.h': '',
};

/** A wheel of these files below `tensorflow/`, as a file. */
export function wheelOf(files: Files): string {
  const entries = Object.entries(files).map(
    ([path, content]) => [`tensorflow/${path}`, content] as const,
  );
  return join(folderOf({ 'tensorflow_cpu.whl': zipOf(entries) }), 'tensorflow_cpu.whl');
}
