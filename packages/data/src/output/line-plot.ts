import sharp from 'sharp';

import { writeAtomically } from './write-atomically.js';

/** A line of a plot. */
export interface PlotLine {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Of CSS. */
  readonly color: string;
  /** In pixels. Default 2. */
  readonly width?: number;
}

/** What a plot shows. */
export interface LinePlot {
  readonly title: string;
  /** Under the axis, whose scale is logarithmic: `x` must be positive. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly PlotLine[];
  /** Where to draw a vertical line, and what to write beside it. */
  readonly mark?: { readonly x: number; readonly label: string };
}

const size = { width: 800, height: 500 };
const frame = { left: 70, right: 20, top: 40, bottom: 55 };

/** Range of numbers; a little wider than they are where all are equal. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [0, 1];
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A plot as SVG, 800x500, with a logarithmic horizontal axis. */
export function linePlotSvg({ title, xLabel, yLabel, lines, mark }: LinePlot): string {
  const all = lines.flatMap(({ points }) => points);
  const [firstX, lastX] = rangeOf(all.map(({ x }) => Math.log10(x)));
  const [least, most] = rangeOf(all.map(({ y }) => y));
  const inner = {
    width: size.width - frame.left - frame.right,
    height: size.height - frame.top - frame.bottom,
  };
  const bottom = frame.top + inner.height;
  const right = frame.left + inner.width;
  const across = (x: number): number =>
    frame.left + (inner.width * (Math.log10(x) - firstX)) / (lastX - firstX);
  const down = (y: number): number => bottom - (inner.height * (y - least)) / (most - least);
  const at = (value: number): string => value.toFixed(1);
  const text = (x: number, y: number, content: string, more = ''): string =>
    `<text x="${at(x)}" y="${at(y)}" ${more}>${escaped(content)}</text>`;

  const powers = Array.from(
    { length: Math.floor(lastX) - Math.ceil(firstX) + 1 },
    (_, i) => Math.ceil(firstX) + i,
  );
  const heights = [0, 0.25, 0.5, 0.75, 1].map((share) => least + share * (most - least));
  const grid = [
    ...powers.map((power) => {
      const x = at(across(10 ** power));
      return `<path d="M${x} ${at(frame.top)}V${at(bottom)}" stroke="#ddd"/>${text(Number(x), bottom + 18, `1e${String(power)}`, 'text-anchor="middle"')}`;
    }),
    ...heights.map((y) => {
      const height = at(down(y));
      return `<path d="M${at(frame.left)} ${height}H${at(right)}" stroke="#ddd"/>${text(frame.left - 8, Number(height) + 4, y.toPrecision(3), 'text-anchor="end"')}`;
    }),
  ];
  const drawn = lines.map(({ points, color, width = 2 }) => {
    const path = points
      .filter(({ y }) => Number.isFinite(y))
      .map(({ x, y }) => `${at(across(x))},${at(down(y))}`)
      .join(' ');
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="${String(width)}"/>`;
  });
  const marked =
    mark === undefined
      ? ''
      : `<path d="M${at(across(mark.x))} ${at(frame.top)}V${at(bottom)}" stroke="#c00" stroke-dasharray="6 4"/>${text(across(mark.x) + 6, frame.top + 16, mark.label, 'fill="#c00"')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(size.width)}" height="${String(size.height)}" font-family="sans-serif" font-size="13">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...grid,
    `<rect x="${at(frame.left)}" y="${at(frame.top)}" width="${at(inner.width)}" height="${at(inner.height)}" fill="none" stroke="#333"/>`,
    ...drawn,
    marked,
    text(size.width / 2, 24, title, 'text-anchor="middle" font-size="16"'),
    text(size.width / 2, size.height - 12, xLabel, 'text-anchor="middle"'),
    text(
      18,
      size.height / 2,
      yLabel,
      `text-anchor="middle" transform="rotate(-90 18 ${at(size.height / 2)})"`,
    ),
    '</svg>',
  ].join('\n');
}

/** Draws a plot as PNG, 800x500, atomically. Texts need a font on the system; without one the lines are drawn alone. */
export async function writeLinePlot(path: string, plot: LinePlot): Promise<void> {
  await writeAtomically(
    path,
    await sharp(Buffer.from(linePlotSvg(plot)))
      .png()
      .toBuffer(),
  );
}
