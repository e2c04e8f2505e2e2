/**
 * The least-squares line through points, by its slope and the slope's standard error. Values that follow each other are
 * not independent (a heap grows until it is collected), so the residuals' correlation with their successors, `r`, widens
 * the error by `sqrt((1 + r) / (1 - r))`, as for an autoregressive process of order one.
 */
export function linearFit(xs, ys) {
  const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, x) => sum + (x - x0) ** 2, 0);
  if (spread === 0) return { slope: 0, standardError: 0 };
  const slope = xs.reduce((sum, x, i) => sum + (x - x0) * (ys[i] - y0), 0) / spread;
  const residuals = xs.map((x, i) => ys[i] - y0 - slope * (x - x0));
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  if (squares === 0 || xs.length < 3) return { slope, standardError: 0 };
  const products = residuals.reduce(
    (sum, residual, i) => sum + residual * (residuals[i - 1] ?? 0),
    0,
  );
  const r = Math.min(Math.max(products / squares, 0), 0.999);
  const independent = Math.sqrt(squares / (xs.length - 2) / spread);
  return { slope, standardError: independent * Math.sqrt((1 + r) / (1 - r)) };
}
