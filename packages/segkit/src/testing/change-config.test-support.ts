import { stringify as stringifyYaml } from 'yaml';

import { oddJson, oddKeys, oddValues, pick, type Draw } from './odd-values.test-support.js';

const data = {
  labels: { classes: ['background', { name: 'cell', values: [255], color: [0, 255, 0] }] },
  train: { name: 'synthetic-cells', count: 4, size: 16, cells: [1, 2] },
};

/** Valid configs that changes start from. */
export const baseConfigs: readonly object[] = [
  {
    name: 'fuzz',
    seed: 1,
    engine: 'cpu',
    data: { ...data, validation: { name: 'image-folder', root: 'data', range: [0, 4] } },
    transforms: { train: ['flip', { name: 'random-crop', size: 64 }], validation: [] },
    model: {
      backbone: {
        name: 'resnet18',
        weights: { from: 'net.pth', rename: [{ from: 'a', to: 'b' }] },
      },
      center: 'identity',
      decoder: { name: 'unet', upsampler: { name: 'transposed', kernel: 'k2s2' }, merge: 'add' },
      head: { name: 'conv1x1' },
    },
    loss: {
      name: 'sum',
      losses: [{ loss: 'ce', weight: 2 }, { loss: { name: 'dice', smooth: 1 } }],
    },
    metrics: ['segmentation'],
    optimizer: { name: 'adamw', learningRate: 1e-3, betas: [0.9, 0.99] },
    schedule: { name: 'step', every: 10 },
    train: { steps: 20, batchSize: 4, validateEvery: 5, ema: {}, onNonFinite: 'skip' },
    callbacks: ['checkpoint', { name: 'early-stopping', monitor: 'loss' }, 'tensorboard'],
  },
  { preset: 'unet-bn', data, model: { center: 'identity' }, train: { epochs: 2 } },
  { preset: 'linknet', data: { train: data.train } },
  { preset: 'unet-bn', data: { train: { name: 'camvid', root: 'camvid' } } },
];

type Holder = Record<string, unknown>;

/** Every object and array inside a value, itself included. */
function holdersIn(value: unknown): Holder[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Holder, ...Object.values(value).flatMap(holdersIn)];
}

/** Sets a key as a JSON parser does, `__proto__` too. */
function define(holder: Holder, key: string, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

const changes: readonly ((holder: Holder, draw: Draw, odd: () => unknown) => void)[] = [
  function replace(holder, draw, odd) {
    const keys = Object.keys(holder);
    if (keys.length > 0) define(holder, pick(draw, keys), odd());
  },
  function remove(holder, draw) {
    const keys = Object.keys(holder);
    if (keys.length > 0) Reflect.deleteProperty(holder, pick(draw, keys));
  },
  function add(holder, draw, odd) {
    define(holder, pick(draw, oddKeys), odd());
  },
  function rename(holder, draw) {
    const keys = Object.keys(holder);
    if (keys.length === 0) return;
    const key = pick(draw, keys);
    define(holder, pick(draw, [`${key}s`, ...oddKeys]), holder[key]);
    Reflect.deleteProperty(holder, key);
  },
  function swap(holder, draw) {
    const keys = Object.keys(holder);
    if (keys.length === 0) return;
    const [a, b] = [pick(draw, keys), pick(draw, keys)];
    const kept = holder[a];
    holder[a] = holder[b];
    holder[b] = kept;
  },
];

/**
 * A copy of a config with one to three changes.
 * @param kind - Whether the values come from JSON or from anywhere.
 */
export function changeValue(config: object, draw: Draw, kind: 'json' | 'any'): unknown {
  const copy = structuredClone(config);
  const holders = holdersIn(copy);
  const odds = kind === 'json' ? oddJson : oddValues;
  for (let count = 1 + draw(3); count > 0; count--) {
    pick(draw, changes)(pick(draw, holders), draw, pick(draw, odds));
  }
  // Now and then something else altogether.
  return draw(50) === 0 ? pick(draw, odds)() : copy;
}

/** A config as a file holds it. */
export function writeText(config: unknown, extension: 'json' | 'yaml'): string {
  const json = JSON.stringify(config);
  if (extension === 'json') return json;
  try {
    return stringifyYaml(JSON.parse(json));
  } catch (error) {
    // Too deep for its writer; JSON is YAML too.
    if (error instanceof RangeError) return json;
    throw error;
  }
}

const snippets = [
  ...Array.from('{}[]:,"\'&*!|>%@`-?#\n\t\\ '),
  '&a ',
  '*a',
  '<<: *a\n',
  '{"__proto__":{"polluted":1},',
  '&a [*a, *a]',
  `${'[*b,'.repeat(20)}]`,
  '!!js/function "x"',
  '!!binary x',
  '\u0000',
  '\ufeff',
  '[['.repeat(3000),
  '{"a":'.repeat(3000),
  '- '.repeat(2000),
  '9'.repeat(400),
  '1e999',
  '.nan',
  bombText(),
];

/** The billion laughs: lists of lists, each naming the one before ten times. */
function bombText(): string {
  const lines = ['x0: &x0 [lol]'];
  for (let level = 1; level < 12; level++) {
    const before = `*x${String(level - 1)}`;
    const ten = Array<string>(10).fill(before).join(',');
    lines.push(`x${String(level)}: &x${String(level)} [${ten}]`);
  }
  return `\n${lines.join('\n')}\n`;
}

/** A text with one to three changes. */
export function changeText(text: string, draw: Draw): string {
  let changed = text;
  for (let count = 1 + draw(3); count > 0; count--) {
    const at = draw(changed.length + 1);
    const length = draw(4) === 0 ? 1 + draw(40) : draw(2);
    const part = draw(3) === 0 ? changed.slice(at, at + 60) : pick(draw, snippets);
    changed = changed.slice(0, at) + part + changed.slice(at + length);
  }
  return changed;
}

const paths = [
  'loss',
  'data',
  'train.steps',
  'transforms.train',
  'model.backbone',
  'callbacks',
  'preset',
  'x',
];

/** One to three values of `--set`. */
export function oddOverrides(draw: Draw): readonly string[] {
  return Array.from({ length: 1 + draw(3) }, () => {
    const key = draw(3) === 0 ? `.${pick(draw, [...oddKeys, '999999999', '1.1.1', 'name'])}` : '';
    const value = JSON.stringify(pick(draw, oddJson)());
    const separator = draw(20) === 0 ? '' : '=';
    return `${pick(draw, paths)}${key}${separator}${value}`;
  });
}
