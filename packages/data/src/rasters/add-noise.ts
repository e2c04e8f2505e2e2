import type { RandomStream } from '@segkit/core';

/** Adds Gaussian noise of standard deviation `sigma` to pixels, in place, and cuts them to [0, 1]. */
export function addNoise(pixels: Float32Array, sigma: number, random: RandomStream): void {
  for (let i = 0; i < pixels.length; i += 2) {
    // Box-Muller gives two numbers at a time.
    const radius = sigma * Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    pixels[i] = Math.min(1, Math.max(0, (pixels[i] as number) + radius * Math.cos(angle)));
    if (i + 1 === pixels.length) break;
    pixels[i + 1] = Math.min(1, Math.max(0, (pixels[i + 1] as number) + radius * Math.sin(angle)));
  }
}
