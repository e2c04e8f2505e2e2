import { ConfigError, type ConfusionMatrix, type Observation } from '@segkit/core';

/**
 * The observation's counts.
 * @param path - Where the metric stands in the config.
 * @throws ConfigError if the task has no labels.
 */
export function expectConfusion({ confusion }: Observation, path: string): ConfusionMatrix {
  if (confusion !== undefined) return confusion;
  throw new ConfigError(
    `${path}: this metric counts labels, but the task is image to image and has none; ` +
      'use metrics: ["psnr", "ssim"].',
  );
}
