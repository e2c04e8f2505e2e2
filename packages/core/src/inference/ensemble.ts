import { ConfigError } from '../errors.js';
import type { Config } from '../config/config-schema.js';
import { rebandTo } from './collect-bands.js';
import type { PredictOptions } from './predict-options.js';
import type { ImageSource } from './image-source.js';
import { predictorOf, type Predictor } from './predictor.js';
import type { ProbabilityBand } from './stream-windows.js';

/** One network of an ensemble, such as an opened run. */
export interface EnsembleMember {
  readonly predictor: Predictor;
  readonly config: Pick<Config, 'data'>;
}

/** Rows in which the members' predictions are put beside each other. */
const bandRows = 256;

/**
 * A predictor whose probabilities are the mean of those of several networks, each with its own validation transforms.
 * @throws ConfigError if there is no member, or the members' classes, channels or outputs differ.
 */
export function createEnsemble(members: readonly EnsembleMember[]): Predictor {
  const [first, ...others] = members;
  if (first === undefined) {
    throw new ConfigError('ensemble: expected at least one run, received none.');
  }
  others.forEach((member, index) => {
    expectAlike(first, member, index + 2);
  });
  const predictors = members.map(({ predictor }) => predictor);
  if (others.length === 0) return first.predictor;
  return predictorOf({
    ...first.predictor,
    streams: predictors.every(({ streams }) => streams),
    probabilities: (source, options) => meanOf(predictors, source, options),
  });
}

function expectAlike(first: EnsembleMember, other: EnsembleMember, position: number): void {
  const describe = ({ predictor, config }: EnsembleMember) => ({
    classes: config.data.labels.classes.map(({ name }) => name).join(', '),
    'channels of the image': String(predictor.inChannels),
    'channels of the output': String(predictor.outChannels),
    activation: predictor.activation,
  });
  const [expected, received] = [Object.entries(describe(first)), describe(other)];
  for (const [what, value] of expected) {
    const own = received[what as keyof typeof received];
    if (own === value) continue;
    throw new ConfigError(
      `ensemble: expected all runs to have the same ${what}, but the first has ${value} and number ${String(position)} has ${own}; leave one out.`,
    );
  }
}

async function* meanOf(
  predictors: readonly Predictor[],
  source: ImageSource,
  { onProgress, ...options }: PredictOptions,
): AsyncGenerator<ProbabilityBand> {
  const done = predictors.map(() => 0);
  const streams = predictors.map((predictor, index) =>
    rebandTo(
      bandRows,
      predictor.stream(source, {
        ...options,
        onProgress: (part) => {
          done[index] = part;
          onProgress?.(done.reduce((sum, each) => sum + each, 0) / done.length);
        },
      }),
    ),
  );
  try {
    for (;;) {
      // One after the other: the engine computes one pass at a time anyway.
      const bands: ProbabilityBand[] = [];
      for (const stream of streams) {
        const next = await stream.next();
        if (next.done !== true) bands.push(next.value);
      }
      const [band] = bands;
      if (band === undefined) return;
      yield { top: band.top, probabilities: mean(bands) };
    }
  } finally {
    for (const stream of streams) await stream.return();
  }
}

function mean(bands: readonly ProbabilityBand[]): ProbabilityBand['probabilities'] {
  const [{ probabilities }] = bands as [ProbabilityBand];
  const data = new Float32Array(probabilities.data.length);
  for (const { probabilities: own } of bands) {
    for (let i = 0; i < data.length; i++) {
      data[i] = (data[i] as number) + (own.data[i] as number) / bands.length;
    }
  }
  return { ...probabilities, data };
}
