import { DataError } from '@segkit/core';

/** Names that Windows gives to devices, whatever their extension. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A part of a path that is a plain name on every system. */
function isPlain(part: string): boolean {
  return (
    part !== '' &&
    part !== '..' &&
    !devices.test(part) &&
    !/[. ]$/.test(part) &&
    // Separators of other systems, drives and streams of NTFS, control characters.
    !/[\\:*?"<>|\p{Cc}]/u.test(part)
  );
}

/**
 * The path of an archive's entry below the folder that it is unpacked to.
 * @param name - As the archive says, with slashes.
 * @param where - Names the archive in errors.
 * @throws DataError if it is absolute, leads outside the folder, or is no path on some systems.
 */
export function entryPath(name: string, where: string): string {
  const parts = name
    .split('/')
    .filter((part, index) => part !== '.' && !(part === '' && index > 0));
  if (parts.length > 0 && parts.every(isPlain) && name.length <= 1000) return parts.join('/');
  throw new DataError(
    `${where}: expected paths below the folder that is unpacked to, found ${JSON.stringify(name.slice(0, 200))}; ` +
      'the archive is not to be trusted, so nothing of it was kept.',
  );
}
