/** Height and width of an image or a feature map, in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A rectangle of pixels. */
export interface Box extends Size {
  /** First row. */
  readonly top: number;
  /** First column. */
  readonly left: number;
}

/** A size as people write it: `572x388` (height x width). */
export function formatSize({ height, width }: Size): string {
  return `${String(height)}x${String(width)}`;
}

/** Whether two sizes are equal. */
export function sameSize(a: Size, b: Size): boolean {
  return a.height === b.height && a.width === b.width;
}

/** Applies one function to both height and width. */
export function mapSize(size: Size, change: (length: number) => number): Size {
  return { height: change(size.height), width: change(size.width) };
}
