import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { buildModel } from '../model/build-model.js';
import { randomStream } from '../tensor/random-stream.js';
import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { createEnsemble, type EnsembleMember } from './ensemble.js';
import { rasterSource } from './image-source.js';
import { createPredictor, type PredictionBand } from './predictor.js';

function member(seed: number, classes = ['dark', 'bright']): EnsembleMember {
  const app = tinyApp();
  const config = app.parseConfig(tinyConfig());
  const { data } = app.parseConfig(
    tinyConfig({ data: { labels: { classes }, train: 'two-tone' } }),
  );
  const ends = { inChannels: 1, outChannels: classes.length };
  const model = buildModel(app.registry, config.model, ends);
  model.initialize(randomStream(seed));
  const dim = {
    apply: (sample: never) => sample,
    pointwise: seed !== 3,
  };
  return { predictor: createPredictor(model, 'softmax', [dim]), config: { data } };
}

const random = randomStream(9);
const image = {
  ...{ height: 300, width: 3, channels: 1 },
  data: Float32Array.from({ length: 900 }, () => random.uniform()),
};

test('an ensemble is the mean of its members, however each divides the image', async () => {
  const members = [member(1), member(2), member(3)];
  const ensemble = createEnsemble(members);
  // The third has a transform that needs the image whole.
  expect(ensemble.streams).toBe(false);
  expect(createEnsemble(members.slice(0, 2)).streams).toBe(true);
  const options = { mode: 'overlap-tile', tile: 40 } as const;
  const single = await Promise.all(members.map(({ predictor }) => predictor.predict(image)));
  const expected = Float32Array.from(
    { length: 1800 },
    (_, i) => single.reduce((sum, { probabilities }) => sum + probabilities.data[i]!, 0) / 3,
  );
  const { probabilities, labels } = await ensemble.predict(image, options);
  expect(probabilities).toMatchObject({ height: 300, width: 3, channels: 2 });
  expect(probabilities.data).toBeAllClose(expected);
  expect(labels?.data[0]).toBe(expected[1]! > expected[0]! ? 1 : 0);

  const bands: PredictionBand[] = [];
  const done: number[] = [];
  const onProgress = (part: number) => done.push(part);
  for await (const band of ensemble.stream(rasterSource(image), { ...options, onProgress })) {
    bands.push(band);
  }
  expect(bands.map(({ top, probabilities: { height } }) => [top, height])).toEqual([
    [0, 256],
    [256, 44],
  ]);
  expect(done.at(-1)).toBe(1);
});

test('one member is itself; none, and members that differ, are errors', () => {
  const one = member(1);
  expect(createEnsemble([one])).toBe(one.predictor);
  expect(() => createEnsemble([])).toThrow(ConfigError);
  expect(() => createEnsemble([one, member(2, ['dark', 'light'])])).toThrow(
    /same classes, but the first has dark, bright and number 2 has dark, light; leave one out/,
  );
  expect(() => createEnsemble([one, member(2, ['a', 'b', 'c'])])).toThrow(ConfigError);
});
