// What every first-party plugin has in common, whatever its kind.
import { createApp, firstParty, silentLogger } from 'segkit';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';

const app = createApp({ plugins: firstParty, logger: silentLogger });

/** Options without which a component cannot be. */
const required: Record<string, Record<string, unknown>> = {
  'callback webhook': { url: 'https://example.org/hook' },
  'dataset image-folder': { root: 'data' },
  'dataset voc': { root: 'data' },
  'dataset camvid': { root: 'data' },
  'dataset cityscapes': { root: 'data' },
  'dataset coco': { root: 'data', annotations: 'instances.json', images: 'images' },
  'dataset instances': { root: 'data' },
  'dataset tiff-stack': { images: 'volume.tif', masks: 'labels.tif' },
  'loss sum': { losses: [{ loss: 'ce' }] },
  'schedule step': { every: 10 },
  'transform random-crop': { size: 64 },
  'transform center-crop': { size: 64 },
  'transform random-resized-crop': { size: 64 },
  'transform class-balanced-crop': { size: 64 },
  'transform one-of': { choices: [{ transforms: ['blur'] }] },
  'transform resize': { size: 64 },
  'transform mirror-pad': { margin: 4 },
  'transform normalize': { mean: 0.5, std: 0.25 },
};

const components = firstParty.filter((plugin) => plugin.kind !== 'preset');
const cases = components.map((plugin) => [`${plugin.kind} ${plugin.name}`, plugin] as const);

describe.each(cases)('%s', (id, plugin) => {
  const schema = app.registry.schemaOf(plugin);

  test('is named and described', () => {
    expect(plugin.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(plugin.description).toMatch(/^[A-Z0-9].*\.$/);
    expect(plugin.source ?? 'https://').toMatch(/^https?:\/\//);
  });

  test('describes every option', () => {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    for (const [name, option] of Object.entries(json.properties ?? {})) {
      expect((option as { description?: string }).description, name).toBeTruthy();
    }
  });

  test('resolved options survive JSON and resolve to themselves', () => {
    const resolved = schema.parse(required[id] ?? {});
    expect(schema.parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  test('refuses unknown options', () => {
    expect(schema.safeParse({ ...required[id], noSuchOption: 1 }).success).toBe(false);
  });
});
