import { ConfigError } from '../errors.js';
import { tryOutputSize } from '../model/accepted-sizes.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { Size } from '../tensor/size.js';
import { exactAxis, gaussianAxis, wholeAxis, type AxisPlan, type Ends } from './plan-axis.js';
import { planInput } from './plan-input.js';
import type { PredictOptions } from './predict-options.js';
import type { WindowProbe } from './window-probe.js';

/** The windows of an image. */
export interface WindowPlan {
  readonly mode: 'whole' | 'overlap-tile' | 'gaussian';
  readonly rows: AxisPlan;
  readonly columns: AxisPlan;
}

/** Bytes of maps that a forward pass may take before `auto` divides an image. */
const memoryBudget = 2 ** 30;

/** Images up to this many pixels are predicted whole by `auto`, without looking at the network first. */
const smallImage = 512 ** 2;

/** Side of a tile that is not given, in pixels. */
const defaultTile = 512;

/**
 * Divides an image into windows that the network takes.
 * @param probe - Of the same network.
 * @throws ShapeError if the network takes no image of that size or of somewhat more.
 */
export function planWindows(
  model: SegmentationModel,
  probe: WindowProbe,
  image: Size,
  options: PredictOptions,
): WindowPlan {
  const { mode = 'auto', tta = 1, batch = 1 } = options;
  const canvas = planInput(model, image, { turned: tta > 1 });
  const divide = (division: 'overlap-tile' | 'gaussian'): WindowPlan => {
    const along = division === 'gaussian' ? gaussianWindows : exactWindows;
    return {
      mode: division,
      rows: along(model, probe, place(image.height, canvas.height), options),
      columns: along(model, probe, place(image.width, canvas.width), options),
    };
  };
  const whole: WindowPlan = {
    mode: 'whole',
    rows: wholeAxis(place(image.height, canvas.height)),
    columns: wholeAxis(place(image.width, canvas.width)),
  };
  if (mode === 'overlap-tile' || mode === 'gaussian') return divide(mode);
  if (mode === 'whole' || canvas.height * canvas.width <= smallImage) return whole;
  const needs = [probe(canvas.height), probe(canvas.width)];
  const bytesPerPixel = Math.max(...needs.map((need) => need.bytesPerPixel));
  const fits = (height: number, width: number): boolean =>
    height * width * bytesPerPixel <= memoryBudget;
  if (fits(canvas.height, canvas.width)) return whole;
  if (!needs.every(({ exact }) => exact)) return divide('gaussian');
  const exact = divide('overlap-tile');
  return fits(batch * exact.rows.window, exact.columns.window) ? exact : divide('gaussian');
}

/** An axis of the image and of its canvas. */
type Place = Pick<AxisPlan, 'length' | 'canvas' | 'added'>;

function place(length: number, canvas: number): Place {
  return { length, canvas, added: Math.floor((canvas - length) / 2) };
}

function exactWindows(
  model: SegmentationModel,
  probe: WindowProbe,
  axis: Place,
  { tile, overlap = 0, tta = 1 }: PredictOptions,
): AxisPlan {
  const needs = probe(axis.canvas);
  const turned = tta > 1;
  const lost = lostOf(model, axis.canvas, turned);
  const seen = {
    before: Math.max(needs.before, lost.before),
    after: Math.max(needs.after, lost.after),
  };
  const { before, after } = widen(turned ? alike(seen) : seen, overlap);
  const around = before + after;
  const wanted = tile ?? Math.max(defaultTile, 3 * around);
  // Of a smaller window next to nothing would be used.
  const least = Math.max(wanted, Math.ceil(1.5 * around), around + needs.period);
  const window = sideFrom(model, least, axis.canvas, needs.period);
  if (window === axis.canvas) return wholeAxis(axis);
  return exactAxis({ ...axis, window, lost }, { before, after }, needs.period);
}

function gaussianWindows(
  model: SegmentationModel,
  _: WindowProbe,
  axis: Place,
  { tile = defaultTile, overlap, tta = 1 }: PredictOptions,
): AxisPlan {
  const window = sideFrom(model, tile, axis.canvas, 1);
  if (window === axis.canvas) return wholeAxis(axis);
  const lost = lostOf(model, window, tta > 1);
  const used = window - lost.before - lost.after;
  const shared = overlap ?? Math.floor(used / 2);
  if (shared >= used) {
    throw new ConfigError(
      `predict: expected an overlap below the ${String(used)} pixels that a tile of ${String(window)} predicts, ` +
        `received ${String(shared)}; take a larger tile, or a smaller overlap.`,
    );
  }
  return gaussianAxis({ ...axis, window, lost }, shared);
}

/** Pixels at the ends of a window of that side that have no logits. */
function lostOf(model: SegmentationModel, side: number, turned: boolean): Ends {
  const lost = side - model.outputSize({ height: side, width: side }).height;
  const ends = { before: Math.floor(lost / 2), after: Math.ceil(lost / 2) };
  return turned ? alike(ends) : ends;
}

/** The larger at both ends, because mirrored windows exchange them. */
function alike({ before, after }: Ends): Ends {
  const larger = Math.max(before, after);
  return { before: larger, after: larger };
}

/** Margins that add up to `overlap` at least. */
function widen({ before, after }: Ends, overlap: number): Ends {
  const missing = Math.max(0, overlap - before - after);
  return { before: before + Math.ceil(missing / 2), after: after + Math.floor(missing / 2) };
}

/** The smallest side from `least` on that the network takes and that differs from the canvas by whole periods. */
function sideFrom(model: SegmentationModel, least: number, canvas: number, period: number): number {
  const first = canvas - Math.floor((canvas - least) / period) * period;
  for (let side = first; side < canvas; side += period) {
    if (tryOutputSize(model, { height: side, width: side }) !== undefined) return side;
  }
  return canvas;
}
