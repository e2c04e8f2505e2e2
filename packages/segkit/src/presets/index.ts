import type { Preset } from '@segkit/core';

/** Every preset of segkit. */
export const presets: readonly Preset[] = [];
