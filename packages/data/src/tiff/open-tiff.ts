import { open } from 'node:fs/promises';

import { readBytes } from '../reading/read-bytes.js';
import { tag } from './field-types.js';
import { isTiff, readDirectory, type TiffDirectory } from './read-directory.js';
import { chunkLayout, type ChunkLayout } from './tiff-regions.js';

/** Images of more pixels are never in memory as a whole. */
export const largeImage = 2 ** 24;

/** A TIFF that is open. */
export interface OpenTiff {
  readonly directory: TiffDirectory;
  readonly layout: ChunkLayout;
  /** Whether strips or tiles can be decoded as they are asked for: they are small enough, and the image does not lie on its side. */
  readonly inParts: boolean;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * Opens a file and reads its directory; `undefined` if it is no TIFF.
 * @throws DataError if it cannot be read, is damaged or holds several images.
 */
export async function openTiff(path: string): Promise<OpenTiff | undefined> {
  const file = await open(path).catch(async (error: unknown) => {
    // Says what is wrong with the path.
    await readBytes(path);
    throw error;
  });
  try {
    const head = Buffer.alloc(16);
    const { bytesRead } = await file.read(head, 0, 16, 0);
    if (!isTiff(head.subarray(0, bytesRead))) {
      await file.close();
      return undefined;
    }
    const directory = await readDirectory(path, file);
    const layout = await chunkLayout(path, file, directory);
    const upright = (directory.numbers(tag.orientation)[0] ?? 1) === 1;
    const inParts = upright && layout.chunkHeight * layout.chunkWidth <= largeImage;
    return { directory, layout, inParts, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
