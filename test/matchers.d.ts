import 'vitest';

import type { Tolerance } from './setup.js';

declare module 'vitest' {
  interface Matchers<T> {
    /** Every number within `atol + rtol * |expected|`; defaults rtol 1e-4, atol 1e-6. */
    toBeAllClose(expected: ArrayLike<number>, tolerance?: Tolerance): T;
  }
}
