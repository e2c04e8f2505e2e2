import { open } from 'node:fs/promises';

/** Reads part of a file; fewer bytes where it ends. */
type ReadAt = (offset: number, length: number) => Promise<Buffer>;

/** NewSubfileType, whose bits say what a page is beside the image itself. */
const subfileTag = 254;

/** Bits of a smaller copy (1) and of a mask of valid pixels (4). */
const besides = 1 | 4;

/** How a TIFF writes numbers and lists of tags. */
interface Layout {
  readonly little: boolean;
  /** Files beyond 4 GiB have offsets of 8 bytes. */
  readonly big: boolean;
}

/** Whether a page is the image itself. @param entries - Its tags, 12 or 20 bytes each. */
function isFull(entries: DataView, { little, big }: Layout): boolean {
  const size = big ? 20 : 12;
  for (let at = 0; at + size <= entries.byteLength; at += size) {
    if (entries.getUint16(at, little) !== subfileTag) continue;
    return (entries.getUint32(at + (big ? 12 : 8), little) & besides) === 0;
  }
  return true;
}

const viewOf = (bytes: Buffer): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Walks the list of pages. @throws RangeError if the file ends before the list does, or it leads in a circle. */
async function walkPages(read: ReadAt): Promise<number[]> {
  const header = viewOf(await read(0, 16));
  const little = header.getUint8(0) === 0x49;
  const big = header.getUint16(2, little) === 43;
  const offsetAt = (view: DataView, at: number): number =>
    big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const [countBytes, entryBytes, offsetBytes] = big ? [8, 20, 8] : [2, 12, 4];
  const full: number[] = [];
  const seen = new Set<number>();
  let offset = offsetAt(header, big ? 8 : 4);
  for (let page = 0; offset !== 0; page++) {
    if (seen.size === seen.add(offset).size) throw new RangeError('pages in a circle');
    const start = viewOf(await read(offset, countBytes));
    const count = big ? offsetAt(start, 0) : start.getUint16(0, little);
    const length = Math.min(count, 65535) * entryBytes;
    const rest = viewOf(await read(offset + countBytes, length + offsetBytes));
    const entries = new DataView(rest.buffer, rest.byteOffset, Math.min(length, rest.byteLength));
    if (isFull(entries, { little, big })) full.push(page);
    offset = offsetAt(rest, length);
  }
  return full;
}

/**
 * The pages of a TIFF that are images of their own, and not smaller copies (overviews, thumbnails) or masks of valid
 * pixels, which GDAL and others put after the image.
 * @param source - The file's bytes, or its path to have the list of pages read alone.
 * @returns Numbers of pages, counted from 0; `undefined` if the list is damaged.
 * @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf (section 8, NewSubfileType)
 */
export async function fullPages(source: Buffer | string): Promise<number[] | undefined> {
  const file = typeof source === 'string' ? await open(source) : undefined;
  const read: ReadAt = async (offset, length) => {
    if (typeof source !== 'string') return source.subarray(offset, offset + length);
    const bytes = Buffer.alloc(length);
    const result = await file?.read(bytes, 0, length, offset);
    return bytes.subarray(0, result?.bytesRead ?? 0);
  };
  try {
    return await walkPages(read);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file?.close();
  }
}
