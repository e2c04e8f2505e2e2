import { EngineError } from '@segkit/core';

/** Where TensorFlow's C library and headers are taken from. */
export interface TensorflowSource {
  /** What messages call it: its path. */
  readonly label: string;
  /** The library's file names and their bytes, e.g. `libtensorflow_cc.so.2`. */
  readonly libraries: ReadonlyMap<string, number>;
  /**
   * The text of a header.
   * @param path - Below the folder of headers, e.g. `tensorflow/c/c_api.h`.
   * @returns `undefined` if there is none.
   */
  readHeader(path: string): Promise<string | undefined>;
  /** Writes a library, whole, to a file that does not exist yet. */
  copyLibrary(name: string, to: string): Promise<void>;
  close(): Promise<void>;
}

/** The command's name opens every message of the installation. */
export const installCommand = 'engines install-tensorflow';

/** An error of the installation. */
export function installError(message: string, cause?: unknown): EngineError {
  return new EngineError(`${installCommand}: ${message}`, { cause });
}

/** How much a header may hold; TensorFlow's largest C header has 84 kB. */
export const headerLimit = 4 * 2 ** 20;
