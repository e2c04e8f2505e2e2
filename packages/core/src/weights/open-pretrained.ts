import type { Backbone } from '../components/backbone.js';
import type { Logger } from '../components/logger.js';
import type { Registry } from '../registry/registry.js';
import { describeReport } from './describe-report.js';
import { assignArrays, fitWeights } from './fit-weights.js';
import { locateWeights } from './locate-weights.js';
import { readWeights } from './read-weights.js';

/**
 * Finds, reads and fits the weights that a backbone starts from, and says through the logger what of them went where.
 * Nothing changes before the returned function is called.
 * @param baseFolder - Where relative paths start.
 * @returns Fills the backbone, which has been initialised; does nothing if it starts from random weights.
 * @throws CheckpointError if the file cannot be had, is damaged or belongs to another network; UnknownComponentError if
 * no weights of that name are registered.
 */
export async function openPretrained(
  registry: Registry,
  backbone: Backbone,
  baseFolder: string,
  logger: Logger,
): Promise<() => void> {
  const { pretrained } = backbone;
  if (pretrained?.weights == null) return () => undefined;
  const { architecture, imageFilter, unused, weights } = pretrained;
  const source = typeof weights === 'string' ? { from: weights } : weights;
  const path = await locateWeights(registry, source, { architecture, baseFolder, logger });
  const { prefix, rename, minimum } = source;
  const options = { prefix, rename, minimum, imageFilter, unused };
  const { report, arrays } = fitWeights(backbone, await readWeights(path), path, options);
  logger.info(describeReport(report));
  return () => {
    assignArrays(backbone, arrays);
  };
}
