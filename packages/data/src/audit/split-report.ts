import type { LabelSchema } from '@segkit/core';

import type {
  ObjectClass,
  ObjectsReport,
  PixelsReport,
  SizesReport,
  SplitReport,
} from './audit-report.js';
import { total } from './class-weights.js';
import { quantile, quantiles } from './quantiles.js';
import type { SplitFacts } from './read-split.js';
import type { SampleFacts } from './sample-facts.js';

/** Adds up what was read of a split. */
export function splitReport(
  { name, images, samples }: SplitFacts,
  { classes }: LabelSchema,
): SplitReport {
  const pixels = classes.map((_, label) =>
    total(samples.map(({ classPixels }) => classPixels?.[label] ?? 0)),
  );
  const labelled = total(pixels);
  return {
    name,
    images,
    readable: samples.length,
    sizes: sizesOf(samples),
    channels: tally(samples.map(({ channels }) => channels.length)),
    bits: tally(samples.map(({ bits }) => bits).filter((bits) => bits !== undefined)),
    pixels: pixelsOf(samples),
    masks: samples.filter(({ classPixels }) => classPixels !== undefined).length,
    labelled,
    ignored: total(samples.map(({ ignoredPixels }) => ignoredPixels)),
    unknownValues: unknownValues(samples),
    classes: classes.map(({ name: className }, label) => ({
      name: className,
      pixels: pixels[label] ?? 0,
      share: labelled === 0 ? 0 : (pixels[label] ?? 0) / labelled,
      images: samples.filter(({ classPixels }) => (classPixels?.[label] ?? 0) > 0).length,
    })),
    objects: objectsOf(
      samples,
      classes.map((entry) => entry.name),
    ),
  };
}

/** How often each value occurs. */
function tally(values: readonly (number | string)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function unknownValues(samples: readonly SampleFacts[]): Record<string, number> {
  const pixels: Record<string, number> = {};
  for (const [value, count] of samples.flatMap(({ unknown }) => [...unknown])) {
    pixels[value] = (pixels[value] ?? 0) + count;
  }
  return pixels;
}

function sizesOf(samples: readonly SampleFacts[]): SizesReport | null {
  if (samples.length === 0) return null;
  const heights = samples.map(({ height }) => height).sort((a, b) => a - b);
  const widths = samples.map(({ width }) => width).sort((a, b) => a - b);
  const at = (share: number) => ({
    height: quantile(heights, share),
    width: quantile(widths, share),
  });
  const counts = tally(samples.map(({ height, width }) => `${String(height)}x${String(width)}`));
  const each = Object.entries(counts).map(([size, images]) => {
    const [height = 0, width = 0] = size.split('x').map(Number);
    return { height, width, images };
  });
  return {
    smallest: at(0),
    median: at(0.5),
    largest: at(1),
    each: each.sort((a, b) => b.images - a.images || a.height - b.height || a.width - b.width),
  };
}

function pixelsOf(samples: readonly SampleFacts[]): PixelsReport | null {
  const count = samples[0]?.channels.length;
  if (count === undefined || samples.some(({ channels }) => channels.length !== count)) return null;
  const area = total(samples.map(({ height, width }) => height * width));
  const byChannel = Array.from({ length: count }, (_, channel) => {
    const parts = samples.flatMap(({ channels, height, width }) => {
      const sums = channels[channel];
      return sums === undefined ? [] : [{ ...sums, pixels: height * width }];
    });
    const mean = total(parts.map(({ sum }) => sum)) / area;
    // Squares around each image's own mean are moved to the common one, which loses no digits.
    const squares = total(
      parts.map((part) => part.squares + part.pixels * (part.sum / part.pixels - mean) ** 2),
    );
    const min = parts.reduce((least, part) => Math.min(least, part.min), Infinity);
    const max = parts.reduce((most, part) => Math.max(most, part.max), -Infinity);
    return { mean, std: Math.sqrt(squares / area), min, max };
  });
  return {
    mean: byChannel.map(({ mean }) => mean),
    std: byChannel.map(({ std }) => std),
    min: byChannel.map(({ min }) => min),
    max: byChannel.map(({ max }) => max),
  };
}

function objectsOf(
  samples: readonly SampleFacts[],
  names: readonly string[],
): ObjectsReport | null {
  const masked = samples.filter(({ classPixels }) => classPixels !== undefined);
  if (masked.length === 0) return null;
  const byIds = masked.some((sample) => sample.byIds);
  const objects = masked.flatMap((sample) => sample.objects);
  const classes = names.flatMap((name, label): ObjectClass[] => {
    const own = objects.filter((object) => object.label === label);
    if (own.length === 0) return [];
    const area = quantiles(own.map((object) => object.area));
    const extent = quantiles(own.map((object) => object.extent));
    return [{ name, count: own.length, area, extent }];
  });
  return {
    by: byIds ? 'ids' : 'regions',
    count: objects.length,
    classes,
    touching: byIds ? objects.filter(({ touching }) => touching).length : null,
  };
}
