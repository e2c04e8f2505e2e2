import {
  ConfusionMatrix,
  createApp,
  type LabelSchema,
  type Metric,
  type Plugin,
  silentLogger,
} from '@segkit/core';

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
  const { registry } = createApp({ plugins: [plugin], logger: silentLogger });
  const spec = { name: plugin.name, ...registry.schemaOf(plugin).parse(options) };
  return registry.create('metric', spec, { labels: labelsOf(classes) }, { path: 'metrics.0' });
}
