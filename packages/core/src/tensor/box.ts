import type { Size } from './size.js';

/** A rectangle of pixels. */
export interface Box extends Size {
  /** First row. */
  readonly top: number;
  /** First column. */
  readonly left: number;
}
