import type { NamedArray } from '../components/optimizer.js';
import type { RenameRule } from '../components/weights.js';
import { CheckpointError } from '../errors.js';
import type { Module } from '../nn/module.js';
import type { Parameter } from '../nn/parameter.js';
import { nearestFirst } from '../registry/describe-issue.js';
import { formatShape } from '../tensor/expect-shape.js';
import { adaptImageFilter } from './adapt-image-filter.js';
import { choosePrefix, renameAll } from './rename-weights.js';

/** How names in a file lead to names in a network. */
export interface FitWeightsOptions {
  /** The weights stand in the file under names that start so. Default: the start with which most names fit. */
  readonly prefix?: string | undefined;
  /** Tried in order on every name of the file, before the prefix; the first that fits is applied. */
  readonly rename?: readonly RenameRule[] | undefined;
  /** The filter that sees the image: adapted if it differs in nothing but input channels. */
  readonly imageFilter?: string | undefined;
  /** Starts of names that may be left over without a word, e.g. `fc.`; without the prefix. */
  readonly unused?: readonly string[] | undefined;
  /** Share of the network's values, in (0, 1], that must be found. Default 1. */
  readonly minimum?: number | undefined;
}

/** An array of the network that keeps its first values, and why. */
export interface MissingArray {
  readonly name: string;
  readonly reason: string;
}

/** What of a file went where. */
export interface WeightsReport {
  /** The file. */
  readonly where: string;
  /** What the names in the file started with. */
  readonly prefix: string;
  /** Names in the network that were found. */
  readonly matched: readonly string[];
  /** Those of them whose input channels were adapted to the image. */
  readonly adapted: readonly string[];
  readonly missing: readonly MissingArray[];
  /** Names in the file that the network has no use for. */
  readonly leftOver: readonly string[];
  /** Those of them that are known to be left over, such as a classifier. */
  readonly expectedLeftOver: readonly string[];
  /** Share of the network's values that was found, in [0, 1]. */
  readonly share: number;
}

/** Arrays that fit a network. */
export interface FittedWeights {
  readonly report: WeightsReport;
  /** By name in the network, in PyTorch's layout. */
  readonly arrays: ReadonlyMap<string, NamedArray>;
}

/** The usual reason why an array is missing. */
export const notInFile = 'the file has no such name';

/** A counter of BatchNorm2d that PyTorch uses for another kind of running statistics; segkit has none. */
const counter = 'num_batches_tracked';

/**
 * Finds the arrays of a network in a file. Running statistics of batch norm count like weights; no value is changed.
 * @param weights - By name in the file, in PyTorch's layout.
 * @param where - The file's name, for messages.
 * @throws CheckpointError if less than `minimum` is found, saying what is missing and why.
 */
export function fitWeights(
  module: Module,
  weights: ReadonlyMap<string, NamedArray>,
  where: string,
  options: FitWeightsOptions = {},
): FittedWeights {
  const { rename = [], imageFilter, unused = [], minimum = 1 } = options;
  const parameters = new Map(module.namedParameters());
  const renamed = renameAll(weights, rename, where);
  const prefix = options.prefix ?? choosePrefix([...parameters.keys()], renamed);
  const arrays = new Map<string, NamedArray>();
  const adapted: string[] = [];
  const missing: MissingArray[] = [];
  for (const [name, parameter] of parameters) {
    const array = renamed.get(prefix + name);
    const fitted = array && fitArray(array, parameter, name === imageFilter);
    if (fitted === undefined) missing.push({ name, reason: whyMissing(array, parameter) });
    else arrays.set(name, fitted);
    if (fitted !== undefined && fitted !== array) adapted.push(name);
  }
  const leftOver = [...renamed.keys()].filter(
    (name) =>
      !name.endsWith(counter) &&
      !(name.startsWith(prefix) && parameters.has(name.slice(prefix.length))),
  );
  const isUnused = (name: string): boolean =>
    unused.some((start) => name.startsWith(prefix + start));
  const report = {
    where,
    prefix,
    matched: [...arrays.keys()],
    adapted,
    missing,
    leftOver,
    expectedLeftOver: leftOver.filter(isUnused),
    share: shareOf(parameters, arrays),
  };
  if (report.share < minimum) throw tooLittle(report, minimum);
  return { report, arrays };
}

/**
 * Fills a network that has been initialised from a file's arrays; see `fitWeights`.
 * @returns What went where.
 * @throws CheckpointError as `fitWeights`, before the first value changes.
 * @example
 * loadWeights(network, await readWeights('unet.pth'), 'unet.pth', { rename: [{ from: 'encoder.', to: 'backbone.' }] });
 */
export function loadWeights(
  module: Module,
  weights: ReadonlyMap<string, NamedArray>,
  where: string,
  options: FitWeightsOptions = {},
): WeightsReport {
  const { report, arrays } = fitWeights(module, weights, where, options);
  assignArrays(module, arrays);
  return report;
}

/** Fills the parameters that arrays name. */
export function assignArrays(module: Module, arrays: ReadonlyMap<string, NamedArray>): void {
  for (const [name, parameter] of module.namedParameters()) {
    const array = arrays.get(name);
    if (array !== undefined) parameter.fromTorch(name, array.shape, array.data);
  }
}

/** The array itself, an adapted one, or `undefined` if the shape differs. */
function fitArray(
  array: NamedArray,
  parameter: Parameter,
  seesImage: boolean,
): NamedArray | undefined {
  const expected = parameter.torchShape;
  if (formatShape(expected) === formatShape(array.shape)) return array;
  const [outputs, to = 0, ...kernel] = expected;
  const [fileOutputs, from = 0, ...fileKernel] = array.shape;
  const onlyChannels =
    expected.length === 4 &&
    outputs === fileOutputs &&
    formatShape(kernel) === formatShape(fileKernel) &&
    from > 0;
  return seesImage && onlyChannels ? adaptImageFilter(array, to) : undefined;
}

function whyMissing(array: NamedArray | undefined, { torchShape }: Parameter): string {
  if (array === undefined) return notInFile;
  return `the network has shape ${formatShape(torchShape)}, the file has ${formatShape(array.shape)}`;
}

function shareOf(
  parameters: ReadonlyMap<string, Parameter>,
  arrays: ReadonlyMap<string, NamedArray>,
): number {
  let found = 0;
  let total = 0;
  for (const [name, { size }] of parameters) {
    total += size;
    if (arrays.has(name)) found += size;
  }
  return total === 0 ? 0 : found / total;
}

function tooLittle(report: WeightsReport, minimum: number): CheckpointError {
  const { where, prefix, matched, missing, leftOver, share } = report;
  const [first] = missing;
  const reasons = missing.slice(0, 4).map(({ name, reason }) => `  ${name}: ${reason}`);
  if (missing.length > 4) reasons.push(`  and ${String(missing.length - 4)} more`);
  const nearest = first === undefined ? leftOver : nearestFirst(prefix + first.name, leftOver);
  const offered = nearest.length === 0 ? 'nothing' : nearest.slice(0, 4).join(', ');
  return new CheckpointError(
    `${where}: holds ${percent(share)} of the network's values (${String(matched.length)} of ` +
      `${String(matched.length + missing.length)} arrays), expected at least ${percent(minimum)}:\n` +
      `${reasons.join('\n')}\n` +
      `Left over in the file, nearest first: ${offered}.\n` +
      'Take the weights of this architecture, tell how names differ by "prefix" and "rename", or lower "minimum".',
  );
}

/** Rounded down, so that all but everything is not 100 %. */
function percent(share: number): string {
  return `${String(Math.floor(share * 1000) / 10)} %`;
}
