import {
  createApp,
  silentLogger,
  vocColor,
  type Dataset,
  type LabelSchema,
  type Logger,
  type Plugin,
  type Transform,
} from '@segkit/core';

/** For tests: classes by name with their raw values, in VOC colours. */
export function labelsOf(
  values: Readonly<Record<string, readonly number[]>>,
  ignoreValues: readonly number[] = [255],
): LabelSchema {
  const classes = Object.entries(values).map(([name, raw], index) => ({
    name,
    color: vocColor(index),
    values: raw,
  }));
  return { classes, ignoreIndex: 255, ignoreValues };
}

/** For tests: background 0 and cell 1, as class names alone give them; 255 is ignored. */
export const plainLabels = labelsOf({ background: [0], cell: [1] });

/** For tests: a data set made as an app makes it, its options validated and its defaults filled in. */
export function makeDataset(
  plugin: Plugin<'dataset'>,
  options: object,
  {
    labels = plainLabels,
    baseFolder = '.',
    logger = silentLogger,
  }: { labels?: LabelSchema; baseFolder?: string; logger?: Logger } = {},
): Dataset {
  const { registry } = createApp({ plugins: [plugin], logger });
  const spec = { name: plugin.name, ...registry.schemaOf(plugin).parse(options) };
  return registry.create('dataset', spec, { labels, baseFolder }, { path: 'data.train' });
}

/**
 * For tests: a transform made as an app makes it.
 * @param others - Transforms that its options name.
 */
export function makeTransform(
  plugin: Plugin<'transform'>,
  options: object = {},
  others: readonly Plugin<'transform'>[] = [],
): Transform {
  const { registry } = createApp({ plugins: [plugin, ...others], logger: silentLogger });
  const spec = { name: plugin.name, ...registry.schemaOf(plugin).parse(options) };
  return registry.create(
    'transform',
    spec,
    { labels: plainLabels },
    { path: 'transforms.train.0' },
  );
}
