import { crc32 } from 'node:zlib';

import * as yauzl from 'yauzl';

import type { EntryHeader, EntryWriter } from './entry-writer.js';

/** Unix's file types stand in the high bits, where the archive was made under Unix. */
function headerOf({ fileName, externalFileAttributes, versionMadeBy }: yauzl.Entry): EntryHeader {
  const unix = versionMadeBy >> 8 === 3 ? (externalFileAttributes >>> 28) & 0xf : 0;
  if (fileName.endsWith('/')) return { name: fileName, kind: 'folder', type: 'Directory' };
  // 0 says nothing, 8 is a regular file, 10 a symbolic link.
  const kind = unix === 0 || unix === 8 ? 'file' : 'other';
  return { name: fileName, kind, type: unix === 10 ? 'SymbolicLink' : `0o${unix.toString(8)}` };
}

/**
 * Unpacks a zip archive.
 * @throws an error if the archive is damaged or encrypted, or the writer refuses an entry.
 */
export async function unpackZip(path: string, writer: EntryWriter): Promise<void> {
  const zip = await yauzl.openPromise(path, {
    lazyEntries: true,
    autoClose: false,
    // The writer judges names, with an error of its own.
    strictFileNames: false,
  });
  try {
    for await (const entry of zip.eachEntry()) {
      const header = headerOf(entry);
      const place = writer.place(header);
      if (place === undefined) continue;
      if (header.kind === 'folder') await writer.makeFolder(place);
      else await writer.writeFile(place, checked(await zip.openReadStreamPromise(entry), entry));
    }
  } finally {
    zip.close();
  }
}

/** The bytes of an entry, whose end is an error if they are not those that its checksum is of. */
async function* checked(
  content: AsyncIterable<Uint8Array>,
  { fileName, crc32: expected }: yauzl.Entry,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of content) {
    received = crc32(chunk, received);
    yield chunk;
  }
  if (received !== expected) throw new Error(`the CRC-32 of ${fileName} is another one`);
}
