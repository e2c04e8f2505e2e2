import sharp from 'sharp';

import { glyphCovers, glyphSize } from './bitmap-font.js';
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
const frame = { left: 90, right: 20, top: 40, bottom: 55 };

/** Range of numbers; a little wider than they are where all are equal. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [0, 1];
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** How a text is placed: its middle left, centre or right at a point. */
interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly color?: string;
  readonly upwards?: boolean;
}

const textScale = 1.5;

/** A text in glyphs of our own, drawn as squares: the system may have no fonts. */
function textSvg(content: string, place: TextPlace): string {
  const { x, y, anchor = 'start', color = '#333', upwards = false } = place;
  const width = content.length * (glyphSize.width + 1) - 1;
  const left = { start: 0, middle: -width / 2, end: -width }[anchor];
  const squares = Array.from(content).flatMap((character, i) =>
    Array.from({ length: glyphSize.height * glyphSize.width }, (_, at) => {
      const [row, column] = [Math.floor(at / glyphSize.width), at % glyphSize.width];
      if (!glyphCovers(character, row, column)) return '';
      const across = left + i * (glyphSize.width + 1) + column;
      return `M${String(across)} ${String(row - glyphSize.height / 2)}h1v1h-1z`;
    }),
  );
  const turn = upwards ? ' rotate(-90)' : '';
  return `<path aria-label="${escaped(content)}" fill="${color}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)})${turn} scale(${String(textScale)})" d="${squares.join('')}"/>`;
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

  // On the side where there is room.
  const besideMark = (x: number): TextPlace => {
    const place = { y: frame.top + 14, color: '#c00' };
    const isRight = x > frame.left + inner.width / 2;
    return isRight ? { ...place, x: x - 6, anchor: 'end' } : { ...place, x: x + 6 };
  };
  const powers = Array.from(
    { length: Math.floor(lastX) - Math.ceil(firstX) + 1 },
    (_, i) => Math.ceil(firstX) + i,
  );
  const heights = [0, 0.25, 0.5, 0.75, 1].map((share) => least + share * (most - least));
  const grid = [
    ...powers.map((power) => {
      const x = at(across(10 ** power));
      return `<path d="M${x} ${at(frame.top)}V${at(bottom)}" stroke="#ddd"/>${textSvg(`1e${String(power)}`, { x: Number(x), y: bottom + 14, anchor: 'middle' })}`;
    }),
    ...heights.map((y) => {
      const height = at(down(y));
      return `<path d="M${at(frame.left)} ${height}H${at(right)}" stroke="#ddd"/>${textSvg(y.toPrecision(3), { x: frame.left - 8, y: Number(height), anchor: 'end' })}`;
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
      : `<path d="M${at(across(mark.x))} ${at(frame.top)}V${at(bottom)}" stroke="#c00" stroke-dasharray="6 4"/>${textSvg(mark.label, besideMark(across(mark.x)))}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(size.width)}" height="${String(size.height)}">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...grid,
    `<rect x="${at(frame.left)}" y="${at(frame.top)}" width="${at(inner.width)}" height="${at(inner.height)}" fill="none" stroke="#333"/>`,
    ...drawn,
    marked,
    textSvg(title, { x: size.width / 2, y: 20, anchor: 'middle' }),
    textSvg(xLabel, { x: size.width / 2, y: size.height - 14, anchor: 'middle' }),
    textSvg(yLabel, { x: 12, y: size.height / 2, anchor: 'middle', upwards: true }),
    '</svg>',
  ].join('\n');
}

/** Draws a plot as PNG, 800x500, atomically. */
export async function writeLinePlot(path: string, plot: LinePlot): Promise<void> {
  await writeAtomically(
    path,
    await sharp(Buffer.from(linePlotSvg(plot)))
      .png()
      .toBuffer(),
  );
}
