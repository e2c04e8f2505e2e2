import { ConfigError } from '@segkit/core';

/**
 * The factor by which the map of level `level + 1` must be upsampled to reach level `level`: 1 or 2.
 * @param strides - Of the feature maps against the image, finest first.
 * @param where - Opens the error message.
 * @throws ConfigError if neighbouring strides are neither equal nor doubled.
 */
export function levelStride(strides: readonly number[], level: number, where: string): 1 | 2 {
  const fine = strides[level];
  const coarse = strides[level + 1];
  if (fine === coarse) return 1;
  if (fine !== undefined && coarse === 2 * fine) return 2;
  throw new ConfigError(
    `${where}: neighbouring feature maps must have equal or doubled strides, received ${strides.join(', ')}; ` +
      'let the backbone return every level in between.',
  );
}
