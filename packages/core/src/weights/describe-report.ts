import { notInFile, type WeightsReport } from './fit-weights.js';

/** A report in a few lines, for a log. */
export function describeReport(report: WeightsReport): string {
  const { where, prefix, matched, adapted, missing, leftOver, expectedLeftOver } = report;
  const total = matched.length + missing.length;
  const under = prefix === '' ? '' : ` under "${prefix}"`;
  const lines = [
    `weights ${where}: ${String(matched.length)} of ${String(total)} arrays matched${under}`,
  ];
  if (adapted.length > 0) lines.push(`  adapted to the image's channels: ${adapted.join(', ')}`);
  if (missing.length > 0) {
    const names = missing.map(({ name, reason }) =>
      reason === notInFile ? name : `${name} (${reason})`,
    );
    lines.push(`  not in the file, so kept at their first values: ${few(names)}`);
  }
  if (expectedLeftOver.length > 0) lines.push(`  not needed: ${few(expectedLeftOver)}`);
  const others = leftOver.filter((name) => !expectedLeftOver.includes(name));
  if (others.length > 0) lines.push(`  left over: ${few(others)}`);
  return lines.join('\n');
}

function few(names: readonly string[]): string {
  if (names.length <= 6) return names.join(', ');
  return `${names.slice(0, 6).join(', ')} and ${String(names.length - 6)} more`;
}
