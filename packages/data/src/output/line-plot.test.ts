import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { expect, it } from 'vitest';

import { linePlotSvg, writeLinePlot, type LinePlot } from './line-plot.js';

const plot: LinePlot = {
  title: 'loss < 1 & falling',
  xLabel: 'rate',
  yLabel: 'loss',
  lines: [
    {
      color: '#06c',
      points: [
        { x: 1e-4, y: 2 },
        { x: 1e-3, y: 0 },
        { x: 1e-2, y: Number.NaN },
        { x: 1, y: 4 },
      ],
    },
  ],
  mark: { x: 1e-2, label: 'here' },
};

it('places points on a logarithmic axis and leaves out what is no number', () => {
  const svg = linePlotSvg(plot);
  // The frame spans x 90 to 780 for 1e-4 to 1 and y 445 to 40 for 0 to 4: 1e-3 lies a quarter along, 2 half-way up.
  expect(svg).toContain('points="90.0,242.5 262.5,445.0 780.0,40.0"');
  // 1e-2 lies in the middle: 90 + 690 / 2.
  expect(svg).toContain('M435.0 40.0V445.0" stroke="#c00"');
  expect(svg).toContain('aria-label="loss &lt; 1 &amp; falling"');
  expect(svg).toContain('aria-label="1e-3"');
});

it('draws the line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'segkit-plot-'));
  const path = join(folder, 'plot.png');
  await writeLinePlot(path, { ...plot, lines: plot.lines.map((line) => ({ ...line, width: 3 })) });
  const { data, info } = await sharp(path)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  rmSync(folder, { recursive: true });
  expect(info).toMatchObject({ width: 800, height: 500, channels: 3 });
  // Half-way from (262.5, 445) to (780, 40), the line is #0066cc.
  const at = 3 * (800 * 242 + 521);
  expect([...data.subarray(at, at + 3)]).toEqual([0, 0x66, 0xcc]);
});

it('an empty plot, and one of equal numbers, are plots', () => {
  for (const points of [[], [{ x: 1, y: 1 }]]) {
    expect(linePlotSvg({ ...plot, lines: [{ color: '#000', points }] })).not.toContain('NaN');
  }
});
