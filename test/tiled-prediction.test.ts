// Overlap-tile prediction is whole-image prediction, for networks with and without padding and however maps are aligned.
import {
  buildModel,
  createApp,
  createPredictor,
  firstParty,
  randomStream,
  silentLogger,
  type ConfigInput,
  type PredictOptions,
  type Raster,
  viewCounts,
  type Size,
} from 'segkit';
import { beforeAll, describe, expect, test } from 'vitest';

const app = createApp({ plugins: firstParty, logger: silentLogger });
beforeAll(() => app.startEngine({ name: 'ort', threads: 2 }));

const seed = Number(process.env['SEGKIT_TEST_SEED'] ?? 20);
/** More of both for a longer search. */
const cases = Number(process.env['SEGKIT_TEST_CASES'] ?? 2);
const largest = cases > 2 ? { height: 1500, width: 2000 } : { height: 300, width: 400 };

type Model = ConfigInput['model'];

/** A U-Net of two poolings. */
function unet(
  align: 'none' | 'crop' | 'pad' | 'resize',
  padding: 'same' | 'valid',
  upsampler: 'transposed' | 'bilinear' | 'nearest' = 'transposed',
): Model {
  return {
    backbone: { name: 'cbr', width: 2, depth: 2, padding },
    center: { name: 'cbr', padding },
    decoder: { name: 'unet', upsampler, padding, merge: { name: 'concat', align } },
  };
}

/** By name: a network, and what its sides must be multiples of for tiles to be exact. */
const networks: Readonly<Record<string, readonly [model: Model, multiple: number]>> = {
  'same padding': [unet('none', 'same'), 1],
  'same padding, cropped': [unet('crop', 'same'), 1],
  'same padding, padded maps': [unet('pad', 'same'), 1],
  'same padding, bilinear': [unet('none', 'same', 'bilinear'), 1],
  'same padding, resized maps': [unet('resize', 'same', 'nearest'), 4],
  'no padding, cropped': [unet('crop', 'valid'), 1],
  'no padding, padded maps': [unet('pad', 'valid'), 1],
  'no padding, bilinear': [unet('crop', 'valid', 'bilinear'), 1],
};

function predictorOf(model: Model) {
  const { model: spec } = app.parseConfig({
    data: { labels: { classes: ['a', 'b', 'c'] }, train: 'synthetic-cells' },
    model,
    loss: 'ce',
    train: { steps: 1 },
  });
  const built = buildModel(app.registry, spec, { inChannels: 1, outChannels: 3 });
  built.initialize(randomStream(seed));
  // Positive weights let every pixel of the receptive field count: no ReLU stays at zero, and nothing cancels out.
  for (const [name, parameter] of built.namedParameters()) {
    if (!name.endsWith('weight') || parameter.shape.length !== 4) continue;
    const random = randomStream(seed).fork(name);
    const fanIn = parameter.size / (parameter.shape.at(-1) ?? 1);
    const weight = (): number => (3 * random.uniform() ** 2) / fanIn;
    parameter.assign(Float32Array.from({ length: parameter.size }, weight));
  }
  return {
    predictor: createPredictor(built, 'none', []),
    dispose: () => {
      built.dispose();
    },
  };
}

function noise({ height, width }: Size): Raster<Float32Array> {
  const random = randomStream(seed).fork('image');
  const data = Float32Array.from({ length: height * width }, () =>
    random.uniform() < 0.1 ? 50 * random.uniform() : random.uniform(),
  );
  return { height, width, channels: 1, data };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(b[i]))), 0);
}

async function compare(model: Model, size: Size, options: PredictOptions): Promise<number> {
  const { predictor, dispose } = predictorOf(model);
  const image = noise(size);
  const { tta = 1 } = options;
  const whole = await predictor.predict(image, { mode: 'whole', tta });
  const tiling = { ...options, mode: 'overlap-tile' } as const;
  const { rows, columns } = predictor.plan(image, tiling);
  const tiled = await predictor.predict(image, tiling);
  dispose();
  const difference = largestDifference(tiled.probabilities.data, whole.probabilities.data);
  const windows = rows.spans.length * columns.spans.length;
  expect(difference, JSON.stringify({ seed, size, options, windows })).toBeLessThan(1e-4);
  return windows;
}

describe.each(Object.entries(networks))('%s', (name, [model, multiple]) => {
  test(
    `tiles make the whole, seed ${String(seed)}`,
    async () => {
      const random = randomStream(seed).fork(name);
      for (let i = 0; i < cases; i++) {
        const upTo = (limit: number): number => 1 + Math.floor(limit * random.uniform() ** 2);
        const side = (limit: number): number => Math.ceil(upTo(limit) / multiple) * multiple;
        await compare(
          model,
          { height: side(largest.height), width: side(largest.width) },
          {
            tile: upTo(200),
            overlap: upTo(80) - 1,
            batch: upTo(4),
            tta: viewCounts[Math.floor(4 * random.uniform())] ?? 1,
          },
        );
      }
    },
    cases * 60_000,
  );

  test('from a single pixel to images of several tiles', async () => {
    expect(await compare(model, { height: multiple, width: multiple }, { tile: 1 })).toBe(1);
    const size = { height: 53 * multiple, width: 201 * multiple };
    expect(await compare(model, size, { tile: 100, tta: 8, batch: 3 })).toBeGreaterThan(1);
  });
});

test('the 572 x 572 tiles of the U-Net paper', async () => {
  const padding = 'valid';
  const model: Model = {
    backbone: { name: 'cbr', width: 1, padding },
    center: { name: 'cbr', padding },
    decoder: { name: 'unet', merge: { name: 'concat', align: 'crop' }, padding },
  };
  const { predictor, dispose } = predictorOf(model);
  const { rows } = predictor.plan({ height: 800, width: 600 }, { mode: 'overlap-tile', tile: 572 });
  dispose();
  // 572 pixels give 388 logits, 92 fewer at each end. Sides leave 12 by 16, so that 988 = 61 * 16 + 12 is the first with
  // 800 logits: 988 - 184 = 804.
  expect(rows).toMatchObject({ canvas: 988, added: 94, window: 572 });
  expect(await compare(model, { height: 800, width: 600 }, { tile: 572 })).toBe(6);
});

test('networks that reach far, at a stride of 32', async () => {
  const resnet = { name: 'resnet18', width: 4 } as const;
  const linknet: Model = {
    backbone: { ...resnet, taps: ['pool', 'layer1', 'layer2', 'layer3', 'layer4'] },
    decoder: { name: 'linknet', merge: { name: 'add', align: 'resize' } },
    head: 'linknet',
  };
  const enlarged: Model = { backbone: resnet, decoder: 'unet' };
  for (const model of [linknet, enlarged]) {
    const size = { height: 32, width: 2240 };
    expect(await compare(model, size, { tile: 1 })).toBeGreaterThan(1);
  }
});

test('auto: whole while it is small, exact tiles while these are, else blended ones', () => {
  const modeFor = (model: Model, size: Size, options: PredictOptions = {}): string => {
    const { predictor, dispose } = predictorOf(model);
    const { mode } = predictor.plan(size, options);
    dispose();
    return mode;
  };
  const large = { height: 20_000, width: 20_000 };
  const plain = unet('none', 'same');
  expect(modeFor(plain, { height: 512, width: 512 })).toBe('whole');
  expect(modeFor(plain, { height: 1000, width: 1000 })).toBe('whole');
  expect(modeFor(plain, large)).toBe('overlap-tile');
  // Tiles that take more than the whole may.
  expect(modeFor(plain, large, { tile: 8000 })).toBe('gaussian');
  // Maps of 20002 pixels halve to 10001, which resized to and fro is no whole factor.
  const resized = unet('resize', 'same', 'nearest');
  expect(modeFor(resized, large)).toBe('overlap-tile');
  expect(modeFor(resized, { height: 20_002, width: 20_002 })).toBe('gaussian');
  // Corner to corner, every pixel lies elsewhere between its neighbours.
  const corners: Model = {
    backbone: { name: 'cbr', width: 2, depth: 2 },
    center: 'cbr',
    decoder: { name: 'unet', upsampler: { name: 'bilinear', alignCorners: true } },
  };
  expect(modeFor(corners, large)).toBe('gaussian');
});
