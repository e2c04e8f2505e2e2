/**
 * Draws an index by weight.
 * @param weights - Not negative.
 * @param draw - Uniform in [0, 1).
 * @returns -1 if all weights are 0.
 */
export function drawByWeight(weights: readonly number[], draw: number): number {
  let rest = draw * weights.reduce((sum, weight) => sum + weight, 0);
  let last = -1;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    if (rest < weight) return index;
    rest -= weight;
    last = index;
  }
  // Rounding may leave a crumb behind the last one.
  return last;
}
