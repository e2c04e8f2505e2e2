import type { ImageEvaluation, LabelSchema } from '@segkit/core';
import { iou, summaryScores } from '@segkit/metrics';

/** A field that holds a comma, a quote or a line break is quoted, its quotes doubled (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Everything known of an image, by column; infinite scores are empty, as NaN is. */
function scoresOf(
  { loss, confusion, metrics }: ImageEvaluation,
  { classes }: Pick<LabelSchema, 'classes'>,
): Readonly<Record<string, number>> {
  if (confusion === undefined) return { loss, ...metrics };
  const ious = iou(confusion);
  const perClass = classes.map(({ name }, k) => [`iou/${name}`, ious[k] ?? Number.NaN] as const);
  return { loss, ...summaryScores(confusion), ...Object.fromEntries(perClass), ...metrics };
}

/**
 * One line per image, in the data set's order: its name, loss and scores.
 * @returns CSV with a line of column names; scores that are not finite are empty.
 */
export function perImageCsv(
  images: readonly ImageEvaluation[],
  labels: Pick<LabelSchema, 'classes'>,
): string {
  const rows = images.map((image) => ({ id: image.id, scores: scoresOf(image, labels) }));
  const columns = Object.keys(rows[0]?.scores ?? {});
  const lines = rows.map(({ id, scores }) => {
    const numbers = columns.map((column) => {
      const score = scores[column] ?? Number.NaN;
      return Number.isFinite(score) ? String(score) : '';
    });
    return [field(id), ...numbers];
  });
  return [['image', ...columns.map(field)], ...lines].map((line) => `${line.join(',')}\n`).join('');
}
