import type { UnpackLimits } from '../archives/unpack-budget.js';

/** One archive of a public data set. */
export interface PublicArchive {
  /** `https`, or `http` where the checksum is known. */
  readonly url: string;
  /** 64 hexadecimal digits; `null` if none is published, so that the first download is trusted. */
  readonly sha256: string | null;
  /** Length in bytes, if it is known. */
  readonly bytes: number | null;
  /** Takes only what lies below this path of the archive, without that path. */
  readonly take?: string;
  /** Drops this folder, if the archive has it, from the paths of what lies in it. */
  readonly strip?: string;
}

/** A data set that anybody may download. */
export interface PublicSet {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** The terms in a few words. */
  readonly licence: string;
  /** Page of the publisher. */
  readonly page: string;
  /** All are unpacked into one folder. */
  readonly archives: readonly PublicArchive[];
  /** Bounds of what one archive may turn into. */
  readonly limits: UnpackLimits;
  /** `data` of a config that lies in its folder. */
  readonly config: Readonly<Record<string, unknown>>;
}
