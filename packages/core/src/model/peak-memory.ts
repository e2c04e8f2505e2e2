import type { KernelCall } from './record-kernels.js';

/**
 * Most bytes of maps that are needed at one time in a forward pass, each from the kernel that makes it to the last one that
 * reads it; 4 bytes a value. Weights and an engine's work space come on top.
 * @param calls - As `recordKernels` lists them.
 */
export function peakMemory(calls: readonly KernelCall[]): number {
  const lastUse = new Map<number, number>();
  calls.forEach(({ inputs, outputs }, index) => {
    for (const { id } of [...Object.values(inputs), ...outputs]) lastUse.set(id, index);
  });
  const alive = new Map<number, number>();
  let [bytes, peak] = [0, 0];
  calls.forEach(({ inputs, outputs }, index) => {
    for (const { id, shape } of outputs) {
      const size = 4 * shape.reduce((product, length) => product * length, 1);
      alive.set(id, size);
      bytes += size;
    }
    peak = Math.max(peak, bytes);
    for (const { id } of [...Object.values(inputs), ...outputs]) {
      if (lastUse.get(id) !== index) continue;
      bytes -= alive.get(id) ?? 0;
      alive.delete(id);
    }
  });
  return peak;
}
