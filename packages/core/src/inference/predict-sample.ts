import type { SamplePrediction } from '../components/callback.js';
import { DataError } from '../errors.js';
import { applyTransforms } from '../loading/apply-transforms.js';
import { randomStream } from '../tensor/random-stream.js';
import type { EvaluationPlan } from './evaluate.js';
import { createPredictor } from './predictor.js';

/**
 * Applies a network to one sample of an evaluation, as a whole image.
 * @param plan - `null` if there is nothing to evaluate on.
 * @throws DataError if there is no sample of that index.
 */
export async function predictSample(
  plan: Pick<EvaluationPlan, 'model' | 'loss' | 'dataset' | 'transforms'> | null,
  index: number,
): Promise<SamplePrediction> {
  const count = plan?.dataset.length ?? 0;
  if (plan === null || !Number.isInteger(index) || index < 0 || index >= count) {
    throw new DataError(
      `predict: expected the index of one of ${String(count)} validation samples, received ${String(index)}; ` +
        'name a larger data.validation, or ask for fewer.',
    );
  }
  const { model, loss, dataset, transforms } = plan;
  const sample = applyTransforms(transforms, await dataset.load(index), randomStream(0));
  const predictor = createPredictor(model, loss.activation, []);
  const { labels, probabilities: output } = await predictor.predict(sample.image, {
    id: sample.id,
    mode: 'whole',
  });
  return { sample, prediction: labels?.data, output };
}
