import { formatSize, type LabelSchema, type Size } from '@segkit/core';

import type {
  ClassReport,
  ObjectsReport,
  SizesReport,
  SplitReport,
  Suggestion,
} from './audit-report.js';

/** Sides of crops are multiples of this: what networks of five halvings take. */
const multiple = 32;

/** Crops are wanted at least and at most so large. */
const wanted = { least: 256, most: 512 };

/** A part of the suggestion for transforms. */
interface Step {
  readonly transform: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** Values for the config that follow from the training split, each with its reason, as nnU-Net derives its plans. */
export function suggestConfig(
  train: SplitReport | undefined,
  classes: readonly ClassReport[],
  labels: LabelSchema,
): Suggestion[] {
  if (train?.sizes == null) return [];
  const crop = cropSteps(train.sizes, train.objects);
  const normalize = normalizeSteps(train);
  const suggestions = [
    transforms('transforms.train', [...crop, ...normalize]),
    transforms('transforms.validation', normalize),
    train.objects === null ? undefined : suggestLoss(train, train.objects, classes, labels),
  ];
  return suggestions.filter((suggestion) => suggestion !== undefined);
}

function transforms(path: string, steps: readonly Step[]): Suggestion | undefined {
  if (steps.length === 0) return undefined;
  const value = steps.map(({ transform }) => transform);
  return { path, value, reasons: steps.map(({ reason }) => reason) };
}

const down = (length: number): number => Math.floor(length / multiple) * multiple;
const up = (length: number): number => Math.ceil(length / multiple) * multiple;

function cropSteps({ smallest, median, each }: SizesReport, objects: ObjectsReport | null): Step[] {
  const shortest = ({ height, width }: Size): number => Math.min(height, width);
  const extent = Math.max(0, ...(objects?.classes ?? []).map((entry) => entry.extent.p95));
  const ideal = Math.min(wanted.most, Math.max(wanted.least, up(2 * extent)));
  const size = Math.max(multiple, Math.min(ideal, down(shortest(median))));
  const [only] = each;
  const whole = each.length === 1 && only?.height === size && only.width === size;
  if (whole) return [];
  const why = size < ideal ? `images are ${formatSize(median)} in the median` : whyIdeal(extent);
  const crop: Step = {
    transform: { name: 'random-crop', size },
    reason: `crops of ${formatSize({ height: size, width: size })}: ${why}`,
  };
  if (shortest(smallest) >= size) return [crop];
  const pad: Step = {
    transform: { name: 'pad-to-multiple', multiple: size },
    reason: `padding: the shortest side is ${String(shortest(smallest))}, less than a crop's ${String(size)}`,
  };
  return [pad, crop];
}

/** @param extent - Length that 19 of 20 objects do not exceed; 0 if there are none. */
function whyIdeal(extent: number): string {
  if (extent === 0) return 'a common size';
  const objects = `19 of 20 objects are at most ${String(extent)} pixels long`;
  if (2 * extent <= wanted.least) return `${objects}, so that enough around them is shown`;
  return up(2 * extent) > wanted.most
    ? `${objects}; larger crops take much memory`
    : `${objects}, and a crop should show as much around them`;
}

function normalizeSteps({ pixels }: SplitReport): Step[] {
  if (pixels === null || pixels.std.some((std) => std <= 0)) return [];
  const round = (values: readonly number[]) => values.map((value) => Number(value.toFixed(4)));
  const [mean, std] = [round(pixels.mean), round(pixels.std)];
  if (std.some((value) => value === 0)) return [];
  const reason = 'normalisation: mean and deviation of all training pixels';
  return [{ transform: { name: 'normalize', mean, std }, reason }];
}

/** The rarest class has so small a share that plain cross entropy may pass over it. */
const rare = { binary: 0.1, ratio: 20 };

/** From this share of touching objects on, gaps between them are worth a loss of their own. */
const touchingShare = 0.02;

function suggestLoss(
  { classes: counts }: SplitReport,
  objects: ObjectsReport,
  classes: readonly ClassReport[],
  { classes: { length } }: LabelSchema,
): Suggestion | undefined {
  const shares = counts.map(({ share }) => share).filter((share) => share > 0);
  if (shares.length < 2) return undefined;
  const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
  const touching = (objects.touching ?? 0) / Math.max(1, objects.count);
  if (length === 2 && touching >= touchingShare) {
    const reason =
      `${percent(touching)} of the objects touch another, and a weight on the gaps between them (U-Net 2015) ` +
      'teaches to keep them apart';
    return { path: 'loss', value: 'weighted-border-ce', reasons: [reason] };
  }
  const least = Math.min(...shares);
  if (length === 2 && least < rare.binary) {
    const reason = `the rarer class has ${percent(least)} of the pixels; Dice does not depend on that share`;
    return { path: 'loss', value: 'bce-dice', reasons: [reason] };
  }
  const ratio = Math.max(...shares) / least;
  if (length > 2 && ratio >= rare.ratio) {
    // A class that never occurs takes no part, whatever its weight.
    const classWeights = classes.map(({ logWeight }) => Number((logWeight ?? 1).toFixed(3)));
    const reason = `the most frequent class has ${ratio.toFixed(0)} times the pixels of the rarest; weights are 1 / ln(1.02 + share)`;
    return { path: 'loss', value: { name: 'ce', classWeights }, reasons: [reason] };
  }
  const reason = `the classes are balanced well enough: the rarest has ${percent(least)} of the pixels`;
  return { path: 'loss', value: 'ce', reasons: [reason] };
}
