import { open } from 'node:fs/promises';

/** Systems whose folders cannot be opened or flushed keep names by other means. */
const cannotSync = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'];

/**
 * Flushes a folder's names: after a power cut a file that was renamed could otherwise be gone by both.
 * @throws The file system's error.
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!cannotSync.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
