import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The checksum that a file had when it was first downloaded, if that was noted.
 * @param archive - Path of the file in the cache; the note lies beside it.
 */
export async function notedChecksum(archive: string): Promise<string | undefined> {
  const text = await readFile(notePath(archive), 'utf8').catch(() => '');
  return /^([0-9a-f]{64})\b/.exec(text)?.[1];
}

/** Notes the checksum of a file in the format of `sha256sum`. */
export async function noteChecksum(archive: string, sha256: string, name: string): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  await writeFile(notePath(archive), `${sha256}  ${name}\n`);
}

/** Where the checksum of a file is noted. */
export function notePath(archive: string): string {
  return `${archive}.sha256`;
}
