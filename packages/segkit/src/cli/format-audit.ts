import { formatSize } from '@segkit/core';
import type { AuditReport, Finding, SplitReport, Suggestion } from '@segkit/data';

import { formatCount, formatTable } from './format.js';

/** Details that a finding shows; JSON has all. */
const shown = 5;

/** What `segkit audit` prints. @param title - The config. */
export function formatAudit(report: AuditReport, title: string): string {
  const images = report.splits.reduce((sum, split) => sum + split.images, 0);
  const parts = [
    `${title}: ${formatCount(images)} images`,
    splitTable(report.splits),
    classTable(report),
    objectTable(report.splits),
    findings(report.findings),
    suggestions(report.suggestions),
    verdict(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** `360x480`, or smallest, median and largest sides. */
function sizes({ sizes: found }: SplitReport): string {
  if (found === null) return '-';
  const { smallest, median, largest, each } = found;
  if (each.length === 1) return formatSize(median);
  return `${formatSize(smallest)} .. ${formatSize(median)} .. ${formatSize(largest)}`;
}

const listKeys = (counts: Readonly<Record<string, number>>): string =>
  Object.keys(counts).join(', ') || '-';

function splitTable(splits: readonly SplitReport[]): string {
  const rows = splits.map((split) => [
    split.name,
    formatCount(split.images),
    sizes(split),
    listKeys(split.channels),
    listKeys(split.bits),
    formatCount(split.masks),
    percent(split.ignored / (split.labelled + split.ignored)),
  ]);
  const head = ['split', 'images', 'height x width', 'channels', 'bits', 'masks', 'ignored'];
  return formatTable(head, rows);
}

/** Three significant digits or fewer; a dash where there is nothing to divide by. */
function percent(share: number): string {
  if (!Number.isFinite(share)) return '-';
  const value = 100 * share;
  return `${value === 0 || value >= 10 ? value.toFixed(1) : value.toPrecision(2)} %`;
}

function classTable({ splits, classes }: AuditReport): string {
  const masked = splits.filter(({ masks }) => masks > 0);
  if (masked.length === 0) return '';
  const rows = classes.map(({ name, medianFrequencyWeight, logWeight }, label) => [
    name,
    ...masked.flatMap(({ classes: counts }) => {
      const { share = 0, images = 0 } = counts[label] ?? {};
      return [percent(share), formatCount(images)];
    }),
    medianFrequencyWeight?.toFixed(2) ?? '-',
    logWeight?.toFixed(2) ?? '-',
  ]);
  const head = [
    'class',
    ...masked.flatMap(({ name }) => [name, 'images']),
    'median freq.',
    '1/ln(1.02+p)',
  ];
  return formatTable(head, rows);
}

/** The objects of the first split that has some; JSON has all splits. */
function objectTable(splits: readonly SplitReport[]): string {
  const split = splits.find(({ objects }) => objects !== null && objects.count > 0);
  if (split?.objects == null) return '';
  const { by, count, touching, classes } = split.objects;
  const rows = classes.map(({ name, count: own, area, extent }) => [
    name,
    formatCount(own),
    [area.p5, area.median, area.p95].map(formatCount).join(' .. '),
    [extent.p5, extent.median, extent.p95].map(formatCount).join(' .. '),
  ]);
  const what = by === 'ids' ? 'objects' : 'regions';
  const head = [`${what} in ${split.name}`, 'count', 'area 5 .. 50 .. 95 %', 'longer side'];
  const note =
    touching === null
      ? []
      : [
          `${formatCount(touching)} of ${formatCount(count)} objects (${percent(touching / count)}) touch another.`,
        ];
  return [formatTable(head, rows), ...note].join('\n');
}

function findings(found: readonly Finding[]): string {
  return found
    .map(({ level, splits, message, details }) => {
      const lines = details.slice(0, shown).map((detail) => `    ${detail}`);
      const rest = details.length - lines.length;
      const more = rest > 0 ? [`    and ${formatCount(rest)} more; --json lists them`] : [];
      return [`${level} (${splits.join(', ')}): ${message}`, ...lines, ...more].join('\n');
    })
    .join('\n');
}

function suggestions(found: readonly Suggestion[]): string {
  if (found.length === 0) return '';
  const lines = found.map(
    ({ path, value, reasons }) =>
      `  ${path}: ${JSON.stringify(value)}\n${reasons.map((reason) => `    ${reason}`).join('\n')}`,
  );
  return ['Suggested for the config:', ...lines].join('\n');
}

function verdict({ ok, findings: found }: AuditReport): string {
  const count = (level: Finding['level'], name: string): string => {
    const some = found.filter((finding) => finding.level === level).length;
    return `${String(some)} ${name}${some === 1 ? '' : 's'}`;
  };
  const counts = `${count('error', 'error')}, ${count('warning', 'warning')}`;
  return ok ? `Nothing speaks against training (${counts}).` : `Do not train yet: ${counts}.`;
}
