import {
  ConfusionMatrix,
  type LabelSchema,
  type Metric,
  type Plugin,
  randomStream,
  SegkitError,
  silentLogger,
} from '@segkit/core';

function noNestedComponents(): never {
  throw new SegkitError('metrics have no nested components.');
}

/** For tests: label schema of classes `class0`, `class1`, … */
export function labelsOf(classes: number): LabelSchema {
  return {
    classes: Array.from({ length: classes }, (_, index) => ({
      name: `class${String(index)}`,
      color: [index, index, index],
      values: [index],
    })),
    ignoreIndex: 255,
    ignoreValues: [255],
  };
}

/** For tests: counts of one image. */
export function confusionOf(
  classes: number,
  truth: readonly number[],
  prediction: readonly number[],
): ConfusionMatrix {
  const confusion = new ConfusionMatrix(classes);
  confusion.add(Int32Array.from(truth), Int32Array.from(prediction), 255);
  return confusion;
}

/** For tests: makes a metric as the registry does. */
export function makeMetric(plugin: Plugin<'metric'>, options: object, classes = 2): Metric {
  const context = {
    path: 'metrics.0',
    logger: silentLogger,
    random: randomStream(0),
    create: noNestedComponents,
  };
  const parsed = plugin.schema(noNestedComponents).parse(options);
  return plugin.create(parsed, { labels: labelsOf(classes) }, context);
}
